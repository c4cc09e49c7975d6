"""Fits of the frozen ledger that several files of tests look at, each made once a process."""

from functools import cache
from pathlib import Path

from briefing.ledger import load
from briefing.model.inference import LossFit, fit_losses

EVIDENCE = Path(__file__).parent / "evidence"
LEDGER = load(EVIDENCE)
CALENDAR = LEDGER.tables["calendar"]


@cache
def fit(as_of: str, **options) -> LossFit:
    """Return what the claims of the frozen ledger say on a day: 4,000 draws, unless told otherwise."""
    return fit_losses(LEDGER.claims, as_of, CALENDAR, **{"draws": 4_000, **options})
