"""The sources of the documents, read and checked before anything runs."""

from briefing.report.check import check_sources

__all__ = ["check_sources"]
