"""Shares, ratios and implied bases of claimed figures."""

from briefing.model.checks import one_number


def killed_share(killed: float, casualties: float) -> float:
    """Give the share of casualties who were killed.

    Parameters
    ----------
    killed, casualties
        Persons; casualties are killed and wounded.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    ValueError
        If more were killed than there were casualties, or an argument is out of range.

    Examples
    --------
    >>> killed_share(1_000, 4_000)
    0.25
    """
    casualties = one_number("casualties", casualties, above=True)
    return one_number("killed", killed, high=casualties) / casualties


def wounded_per_killed(killed: float, casualties: float) -> float:
    """Give the number of wounded for each person killed.

    Parameters
    ----------
    killed, casualties
        Persons; casualties are killed and wounded.

    Returns
    -------
    float
        Wounded for each killed.

    Raises
    ------
    ValueError
        If more were killed than there were casualties, or nobody was.

    Examples
    --------
    >>> wounded_per_killed(1_000, 4_000)
    3.0
    """
    killed = one_number("killed", killed, high=one_number("casualties", casualties), above=True)
    return (casualties - killed) / killed


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


def percent_of(part: float, whole: float) -> float:
    """Express a part in percent of a whole.

    Parameters
    ----------
    part, whole
        Figures of one unit; the whole above 0.

    Returns
    -------
    float
        Percent.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> percent_of(6_000, 15_000)
    40.0
    """
    return 100 * ratio(part, whole)


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


def implied_base(count: float, share: float) -> float:
    """Give the whole of which a count is a given share.

    Parameters
    ----------
    count
        The part.
    share
        The share it is said to be, above 0 and at most 1.

    Returns
    -------
    float
        The whole, in the unit of the count.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> implied_base(6_000, 0.4)
    15000.0
    """
    return one_number("count", count) / one_number("share", share, high=1, above=True)
