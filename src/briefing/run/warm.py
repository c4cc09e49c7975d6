"""Preloaded by the fork server, so that every notebook's process starts with its imports done."""

# ruff: noqa: E402
import os
import sys

# The validator of the notebook format builds a grammar of web addresses on import, which takes a second and
# is never used here; without the library it leaves that check out.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
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
import briefing.notebook
import briefing.results
import briefing.run.engine
import briefing.worked

__all__ = ["briefing", "ipykernel", "matplotlib", "numpy", "pandas", "papermill", "scipy"]
