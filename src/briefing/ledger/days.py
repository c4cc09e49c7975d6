"""The days that the briefing looks back to."""

from datetime import date

FREEZES = (date(2024, 11, 24), date(2025, 1, 31), date(2025, 6, 30))
"""Days from which forecasts are scored: that of the article, one in the pause, one after the fighting."""
SUCCESSIVE = tuple(
    sorted({*FREEZES, date(2024, 10, 31), date(2024, 12, 31), date(2025, 4, 30), date(2025, 9, 30)})
)
"""Days for which the report says what could have been said on each."""
