"""What a fit of losses would say without one body, or without one row, by weighing its points anew."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from briefing.model.inference import FEWEST, LossFit, loglik_by_origin
from briefing.model.loss_draws import courses
from briefing.model.loss_sampling import effective_sample, reweigh
from briefing.model.units import Array


@dataclass(frozen=True)
class LeftOut:
    """A fit without some of its claims.

    Attributes
    ----------
    name
        The origin or the claim that is left out.
    whole
        Whether it is an origin with all that it claims.
    casualties, killed
        Persons up to the day of the fit, at each of its importance points.
    weights
        What each point weighs now; they sum to 1.
    """

    name: str
    whole: bool
    casualties: Array
    killed: Array
    weights: Array

    @property
    def effective_sample(self) -> float:
        """How many equally weighted points the weights are worth."""
        return effective_sample(self.weights)

    @property
    def trusted(self) -> bool:
        """Whether that is enough for a number to be told."""
        return self.effective_sample >= FEWEST

    def ends(self, persons: Array) -> tuple[float, float]:
        """Return P05 and P95 of `casualties` or `killed`."""
        low, high = np.quantile(persons, (0.05, 0.95), weights=self.weights, method="inverted_cdf")
        return float(low), float(high)

    def above(self, threshold: float) -> float:
        """Return the share of the courses with more killed and wounded than a threshold."""
        return float(self.weights @ (self.casualties > threshold))


def leave_out(fit: LossFit, rows: bool = True) -> tuple[LeftOut, ...]:
    """Leave out each body of a fit, then each row of a body that has several.

    Parameters
    ----------
    fit
        What `briefing.model.inference.fit_losses` returned; without a claim there is nothing to leave out.
    rows
        Whether to leave out rows too.

    Returns
    -------
    tuple of LeftOut
        Bodies by name, then rows by id. A row left out is not replaced by an earlier one of its body; the
        rows that remain share the votes of their body.

    Notes
    -----
    Given the course, bodies are independent of each other: a body is left out by dividing its likelihood out
    of the weights (Gelfand, Dey & Chang 1992). The points stay those that were chosen for the whole fit;
    where few of them suit what remains, the effective sample tells.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> from briefing.model.inference import fit_losses
    >>> ledger = load()
    >>> fit = fit_losses(ledger.claims, "2025-01-31", ledger.tables["calendar"], draws=1_000)
    >>> [one.name for one in leave_out(fit) if one.whole]
    ['O-NIS', 'O-UA-GOV', 'O-UA-PRES', 'O-US', 'O-WEST']
    """
    if fit.is_prior:
        return ()
    course = courses(fit.posterior.phases, fit.sample, fit.reading.spread)
    lost, dead = course.casualties(fit.as_of), course.killed(fit.as_of)
    return tuple(
        LeftOut(name, whole, lost, dead, reweigh(fit.weights, factor))
        for name, whole, factor in sorted(_factors(fit, rows), key=lambda one: (not one[1], one[0]))
    )


def _factors(fit: LossFit, rows: bool) -> Iterator[tuple[str, bool, Array]]:
    """Name, whether it is a body, and the log of the likelihood without it over that with it."""
    for body, told in fit.by_origin.items():
        yield body, True, -told
        own = fit.evidence[fit.evidence["origin_group"] == body]
        for claim in own["claim_id"] if rows and len(own) > 1 else ():
            rest = own[own["claim_id"] != claim]
            # min(1, votes / claims), with a claim less
            shared = np.minimum(1, rest["weight"] * len(own) / len(rest))
            rest = rest.assign(weight=shared)
            kept = loglik_by_origin(rest, fit.posterior.phases, fit.sample, fit.reading.spread)
            yield claim, False, kept[body] - told
