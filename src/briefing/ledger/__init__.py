"""The ledger of public claims: who said what, when it became public, and where the figure originates."""

from briefing.ledger.diff import LedgerDiff, diff
from briefing.ledger.ledger import Ledger, OriginCount
from briefing.ledger.loading import load
from briefing.ledger.package import data_digest
from briefing.ledger.wording import stated

__all__ = ["Ledger", "LedgerDiff", "OriginCount", "data_digest", "diff", "load", "stated"]
