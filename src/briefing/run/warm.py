"""Preloaded by the fork server: a notebook's process starts with its imports done and the evidence read."""

# ruff: noqa: E402
import os
from contextlib import suppress

from briefing.run.task import leave_out

leave_out("rfc3987_syntax", "debugpy")
os.environ.setdefault("MPLBACKEND", "agg")

import ipykernel.inprocess.blocking
import ipykernel.inprocess.ipkernel
import ipykernel.inprocess.manager
import matplotlib.pyplot
import numpy
import pandas
import papermill
import psutil
import scipy.stats

import briefing.figures.svg
import briefing.judgements
import briefing.ledger
import briefing.model.outcomes
import briefing.notebook
import briefing.results
import briefing.rows.losses
import briefing.rows.track
import briefing.run.engine
import briefing.worked
from briefing.errors import BriefingError

with suppress(BriefingError, OSError):  # the notebook that reads it tells
    briefing.ledger.load()

__all__ = ["briefing", "ipykernel", "matplotlib", "numpy", "pandas", "papermill", "psutil", "scipy"]
