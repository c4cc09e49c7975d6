"""A reproducible briefing on the DPRK's military deployment to Russia, from claims to a finished document."""

__version__ = "0.1.0"
