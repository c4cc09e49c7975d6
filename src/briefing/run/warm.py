"""Preloaded by the fork server, so that every notebook's process starts with its imports done."""

import os

os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
os.environ.setdefault("MPLBACKEND", "agg")

import ipykernel.inprocess.manager
import matplotlib.pyplot
import numpy
import pandas
import papermill
import scipy.stats

import briefing.figures.style
import briefing.ledger
import briefing.model.outcomes
import briefing.results
import briefing.run.engine

__all__ = ["briefing", "ipykernel", "matplotlib", "numpy", "pandas", "papermill", "scipy"]
