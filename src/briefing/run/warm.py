"""Preloaded by the fork server: a notebook's process starts with its imports done and the evidence read."""

# ruff: noqa: E402
import os
import sys
from contextlib import suppress

# The validator of the notebook format builds a grammar of web addresses on import, which takes a second and
# is never used here; without the library it leaves that check out.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
# Nor does anybody step through a notebook that runs by itself.
sys.modules["debugpy"] = None  # type: ignore[assignment]
os.environ.setdefault("MPLBACKEND", "agg")

import ipykernel.inprocess.blocking
import ipykernel.inprocess.ipkernel
import ipykernel.inprocess.manager
import matplotlib.pyplot
import numpy
import pandas
import papermill
import scipy.stats

import briefing.figures.style
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

__all__ = ["briefing", "ipykernel", "matplotlib", "numpy", "pandas", "papermill", "scipy"]
