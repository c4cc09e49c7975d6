"""Courses of the losses: the quantities behind each, and what they were taken to be beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from briefing.model.loss_path import Day, Phase, cumulative_casualties
from briefing.model.loss_sampling import Points
from briefing.model.uncertainty import pert_quantiles
from briefing.model.units import Array

HAZARD_MEDIANS = {"first": 0.004, "second": 0.002, "unknown": 0.004}
"""Casualties per person-day in each phase: prior medians (judgement)."""
HAZARD_SIGMA = float(np.log(0.016 / 0.001) / (2 * special.ndtri(0.95)))
"""Spread of each hazard on the log scale: .84, so that P05 and P95 are a sixteenfold apart (judgement)."""
DUTY = (0.2, 0.5, 0.9)
"""Share of days in line after what is known: low, mode and high of a PERT (judgement)."""
KILLED_SHARE, KILLED_SHARE_SIGMA = 0.27, 0.6
"""Median of the killed share, and its spread on the logit scale (judgement)."""
SHARED_SD = 0.35
"""Spread of the bias that all origins share, on the log scale (judgement)."""
SPREAD = 0.5
"""Scale of the half-normal from which the spread of the origins' own biases is drawn (a weak judgement)."""
COORDINATES = 6
"""Hazards of three phases, share of days in line, killed share, spread; the shared bias stands apart."""


@dataclass(frozen=True)
class LossDraws:
    """Equally likely courses of the losses.

    Attributes
    ----------
    phases
        The phases as they were known.
    first, second, unknown
        Hazard of each kind of phase, casualties per person-day; `unknown` while in line. Shape (draws,), as
        all that follows. A hazard whose phase has not begun is that of the prior.
    duty
        Share of days in line in the unknown phase.
    killed_share
        Killed among casualties.
    shared_bias
        Reported over true, the factor common to all origins.
    spread
        Of the factors by which origins differ from each other, on the log scale.
    """

    phases: tuple[Phase, ...]
    first: Array
    second: Array
    unknown: Array
    duty: Array
    killed_share: Array
    shared_bias: Array
    spread: Array

    def casualties(self, days: Day | Sequence[Day] | pd.DatetimeIndex) -> Array:
        """Give the killed and wounded up to each day.

        Parameters
        ----------
        days
            One day or several, in any order, as far ahead as wanted.

        Returns
        -------
        numpy.ndarray
            Persons, cumulative: shape (draws,) for one day, (days, draws) for several.

        Raises
        ------
        ValueError
            If one of them is no day.

        Examples
        --------
        >>> half = np.array([0.5])
        >>> phases = (Phase("first", pd.Timestamp("2024-12-06"), np.inf, 11_000),)
        >>> draws = LossDraws(phases, np.array([0.009]), *[half] * 6)
        >>> draws.casualties("2025-01-15").round(1)
        array([3325.6])
        """
        hazards = {"first": self.first, "second": self.second, "unknown": self.unknown * self.duty}
        several = not isinstance(days, str) and np.ndim(days) > 0
        courses = cumulative_casualties(self.phases, hazards, days if several else [days])
        return courses if several else np.asarray(courses[0])

    def killed(self, days: Day | Sequence[Day] | pd.DatetimeIndex) -> Array:
        """Give the killed up to each day: the killed share of the casualties.

        Parameters
        ----------
        days
            As for `casualties`.

        Returns
        -------
        numpy.ndarray
            As for `casualties`.

        Raises
        ------
        ValueError
            As for `casualties`.

        Examples
        --------
        >>> half = np.array([0.5])
        >>> phases = (Phase("first", pd.Timestamp("2024-12-06"), np.inf, 11_000),)
        >>> draws = LossDraws(phases, np.array([0.009]), *[half] * 6)
        >>> draws.killed(["2024-12-06", "2025-01-15"]).round(1)[:, 0]
        array([   0. , 1662.8])
        """
        return self.killed_share * self.casualties(days)


def courses(phases: tuple[Phase, ...], points: Points, spread: float | None = None) -> LossDraws:
    """Turn standard normal coordinates into the quantities of the model.

    Parameters
    ----------
    phases
        What `loss_path.known_phases` returned.
    points
        Points with the shared bias as the cut coordinate and six others.
    spread
        Of the origins' biases, where it is taken as given.

    Returns
    -------
    LossDraws
        One course for each point.

    Notes
    -----
    Hazards and the shared bias are lognormal, the killed share is logit-normal, the share of days a PERT, the
    spread half-normal.

    Examples
    --------
    >>> middle = courses((), Points(np.zeros(1), np.zeros((1, 6))))
    >>> middle.first, middle.killed_share.round(2), middle.duty.round(3)
    (array([0.004]), array([0.27]), array([0.513]))
    """
    scales = np.exp(HAZARD_SIGMA * points.others[:, :3])
    return LossDraws(
        phases,
        first=HAZARD_MEDIANS["first"] * scales[:, 0],
        second=HAZARD_MEDIANS["second"] * scales[:, 1],
        unknown=HAZARD_MEDIANS["unknown"] * scales[:, 2],
        duty=pert_quantiles(*DUTY, special.ndtr(points.others[:, 3])),
        killed_share=special.expit(special.logit(KILLED_SHARE) + KILLED_SHARE_SIGMA * points.others[:, 4]),
        shared_bias=np.exp(SHARED_SD * points.cut),
        # from the upper tail, where it keeps its digits
        spread=-SPREAD * special.ndtri(special.ndtr(-points.others[:, 5]) / 2)
        if spread is None
        else np.full(len(points), spread),
    )
