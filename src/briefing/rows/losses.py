"""The losses as known on successive days, body by body, and with something left out."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from briefing.formats import day, plain, show_range
from briefing.ledger import Ledger, stated
from briefing.ledger.newest import newest_claims
from briefing.ledger.selection import PRESENT, extent
from briefing.model.inference import LossFit
from briefing.model.leave_out import LeftOut
from briefing.model.uncertainty import quantiles
from briefing.model.words import format_probability

_ENDS = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}


def bands(draws: Any) -> dict[str, Any]:
    """Return the percentiles that a figure draws of some draws.

    Examples
    --------
    >>> {name: float(end) for name, end in bands(np.arange(101.0)).items()}
    {'p05': 5.0, 'p25': 25.0, 'p50': 50.0, 'p75': 75.0, 'p95': 95.0}
    """
    return dict(zip(_ENDS, quantiles(draws, tuple(_ENDS.values())), strict=True))


def _rounded(draws: Any, *ends: float) -> list[str]:
    return [f"{value:,.0f}" for value in np.round(quantiles(draws, ends), -2)]


def by_day(known: Ledger, fits: Mapping[pd.Timestamp, LossFit]) -> list[list[str]]:
    """Return what could have been said on each day: people there, loss claims, losses, and what was new.

    Parameters
    ----------
    known
        The ledger as of the last day.
    fits
        For each day, in order, `briefing.model.inference.fit_losses` of what was known on it.
    """
    titles = known.quantities.set_index("quantity")["title"]
    rows, before = [], pd.Timestamp.min
    for then, fit in fits.items():
        new = fit.evidence[fit.evidence["report_date"] > before].sort_values("report_date", kind="stable")
        newest = [
            f"{row['claimant'].split(' (')[0]}: {stated(row)}, {titles[row['quantity']].lower()}"
            for _, row in new.tail(2).iterrows()
        ]
        more = f"; and {len(new) - 2} more" if len(new) > 2 else ""
        low, middle, high = _rounded(fit.posterior.casualties(then), 0.05, 0.5, 0.95)
        least, most = _rounded(fit.posterior.killed(then), 0.05, 0.95)
        present = newest_claims(known.as_of(then.date()), PRESENT, together=True, within=92)
        rows.append(
            [
                day(then.date()),
                show_range(*extent(present), "persons") or "no claim",
                str(len(fit.claim_ids)),
                "no basis" if fit.is_prior else f"{middle} ({low} to {high})",
                "no basis" if fit.is_prior else f"{least} to {most}",
                "; ".join(newest) + more or "none",
            ]
        )
        before = then
    return rows


def panels(
    known: Ledger, fits: Mapping[pd.Timestamp, LossFit], grid: pd.DatetimeIndex
) -> list[tuple[Any, ...]]:
    """Return a panel of `briefing.figures.losses.losses_as_of` for each day; its last part is the day."""
    party = known.tables["origins"].set_index("origin_group")["party"]
    claims = known.claims
    reports = claims[(claims["quantity"] == "casualties_total") & (claims["derived_from"] == "")]
    reports = reports.assign(origin_party=reports["origin_group"].map(party))
    return [
        (
            f"Known on {day(then.date())}",
            grid.to_numpy(),
            bands(fit.posterior.casualties(grid)),
            reports.assign(known=reports["report_date"] <= then),
            fit.is_prior,
            then,
        )
        for then, fit in fits.items()
    ]


def at_the_end(panel: tuple[Any, ...]) -> str:
    """Say what a panel shows on its last day: the median, and the range of 90 percent."""
    ends = np.round([panel[2][end][-1] for end in ("p50", "p05", "p95")], -2)
    return "{:,.0f} ({:,.0f} to {:,.0f})".format(*ends)


def forest(fit: LossFit, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the bodies against each other, for killed or wounded and for killed, as a figure draws them."""
    named = fit.origins.assign(name=fit.origins["origin_group"].map(names), kind="killed or wounded")
    killed = named.drop(columns=["median", "p05", "p95"]).assign(kind="killed")
    killed = killed.rename(columns=lambda column: column.removeprefix("killed_"))
    columns = ["name", "kind", "claims", "level", "median", "p05", "p95"]
    return pd.concat([named, killed])[columns].dropna().reset_index(drop=True)


def left_out(without: Iterable[LeftOut], named: Mapping[str, str], largest: float | None) -> list[list[str]]:
    """Return the losses without each body and each row: who, casualties, killed, share above, draws left.

    Parameters
    ----------
    without
        Of `briefing.model.leave_out.leave_out`.
    named
        How each body and each row is called.
    largest
        The total to compare with; None where there is none.
    """
    rows = []
    for one in without:
        row = [named[one.name]]
        if one.trusted:
            row += [show_range(*one.ends(of), "persons", 2) for of in (one.casualties, one.killed)]
            row += ["no total" if largest is None else format_probability(one.above(largest))]
            row += [plain(one.effective_sample, 2)]
        else:
            row += ["not told"] * 3 + ["fewer than 400"]
        rows.append(row)
    return rows
