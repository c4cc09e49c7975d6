"""Figure 2: how many different people a rotating force makes, by its tour and its strength."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator

from briefing.figures.style import (
    WIDTH,
    new_figure,
    panel,
    styled,
)
from briefing.formats import plain
from briefing.model.rotation import distinct_people

CONTOURS = (25_000, 50_000, 100_000)
_LEFT, _BOTTOM, _HIGH, _WIDE = 0.62, 0.52, 3.35, 4.55
_TINTS = LinearSegmentedColormap.from_list("tints", ["#FFFFFF", "#DCE6F0", "#A9C1D8"])


@styled
def rotation_map(
    force_range: tuple[float, float] = (5_000, 25_000),
    tour_range: tuple[float, float] = (1, 12),
    horizon: float = 12,
    hazard: float = 0.0,
    box_force: tuple[float, float] | None = (10_000, 15_000),
    box_tour: tuple[float, float] | None = (2, 3),
    point: tuple[float | None, float] | None = None,
    precedent: float | None = 4.0,
    pool: float | None = 40_000,
    rule: str = "staggered",
    claimed: float | None = 100_000,
) -> Figure:
    """Draw distinct people over tour and standing force.

    Parameters
    ----------
    force_range, tour_range
        Ends of the axes: persons, months.
    horizon
        Months over which people are counted.
    hazard
        Permanent losses per person-month.
    box_force, box_tour
        The claimant's own inputs, persons and months; None draws no box.
    point
        The scenario: tour in months (None for no rotation) and force in persons. Outside the axes it is
        marked at their edge, and its label says so.
    precedent
        A tour in months that is known to have taken place; None where it was not yet known.
    pool, claimed
        Persons: contours of their own; None draws none.
    rule
        As in `briefing.model.rotation.distinct_people`.

    Returns
    -------
    matplotlib.figure.Figure
        6.4 inches wide.

    Raises
    ------
    ValueError
        A range is reversed or empty, or an argument is out of the model's range.

    Examples
    --------
    >>> figure = rotation_map(point=(2.5, 12_500), precedent=None)
    >>> figure.axes[0].get_xlabel()
    'Tour, months (axis from 1)'
    """
    for name, (low, high) in (("force_range", force_range), ("tour_range", tour_range)):
        if not 0 < low < high:
            raise ValueError(
                f"{name}: given {low:g} to {high:g}, allowed a low end above 0 and below the high"
            )
    figure = new_figure(WIDTH, _BOTTOM + _HIGH + 0.42)
    axes = panel(figure, _LEFT, _BOTTOM, _WIDE, _HIGH)
    axes.set(xlim=tour_range, ylim=force_range)
    axes.set_xlabel(f"Tour, months (axis from {plain(tour_range[0])})")
    axes.set_ylabel(f"Standing force, thousand people (axis from {plain(force_range[0] / 1000)})")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value / 1000)))
    if tour_range[1] - tour_range[0] <= 14:
        axes.xaxis.set_major_locator(MultipleLocator(1))
    tours = np.linspace(*tour_range, 331)
    forces = np.linspace(*force_range, 161)
    people = np.asarray(distinct_people(forces[:, None], tours[None, :], horizon, hazard, rule))
    _fill(axes, tours, forces, people)
    return figure


def _fill(axes: Axes, tours: np.ndarray, forces: np.ndarray, people: np.ndarray) -> None:
    pass
