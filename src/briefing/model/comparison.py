"""How figures compare: how many times, and by how many percent."""

from briefing.model.checks import one_number


def ratio(one: float, other: float) -> float:
    """Say how many times another figure a figure is.

    Parameters
    ----------
    one, other
        Figures of one quantity; `other` above 0.

    Returns
    -------
    float
        one / other.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> ratio(3_000, 1_500)
    2.0
    """
    return one_number("one", one) / one_number("other", other, above=True)


def percent_gap(claimed: float, exact: float) -> float:
    """Express how far a claimed figure lies above an exact one.

    Parameters
    ----------
    claimed, exact
        Figures of one unit; the exact one above 0.

    Returns
    -------
    float
        Percent of the exact figure; negative if the claim lies below it.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> round(percent_gap(22e6, 21.8e6), 3)
    0.917
    """
    claimed, exact = one_number("claimed", claimed), one_number("exact", exact, above=True)
    return 100 * (claimed - exact) / exact
