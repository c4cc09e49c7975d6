"""Money in four ledgers that are never added to each other: agreed, supplied, received, household.

What was supplied in arms and people is a claim, read from the evidence and not computed here. The indirect
benefit of an allied regime stands beside the agreed sum and never reaches a household.
"""

import numpy as np

from briefing.model.checks import one_number, within
from briefing.model.units import Values, plain

MONTHS_PER_YEAR = 12


def agreed(
    pay: Values,
    person_months: Values,
    signing: Values = 0.0,
    arrivals: Values = 0.0,
    death_payment: Values = 0.0,
    killed: Values = 0.0,
) -> Values:
    """Give the sum that was agreed to be paid.

    Parameters
    ----------
    pay
        USD per person-month.
    person_months
        Standing force integrated over months: pay follows the force, not the number of distinct people.
    signing
        USD per arrival.
    arrivals
        People who arrive, the initial force included.
    death_payment
        USD per killed.
    killed
        People killed.

    Returns
    -------
    float or numpy.ndarray
        USD.

    Raises
    ------
    ValueError
        If an argument is negative or missing.

    Notes
    -----
    Rates and terms of hired soldiers: INSS 2024. A payment of exactly 0 is no part of the terms: the sum does
    not vary with the number of those who would get it.

    Examples
    --------
    >>> agreed(pay=2_500, person_months=12, signing=2_000, arrivals=1)
    32000.0
    """
    total = within("pay", pay) * within("person_months", person_months)
    for rate, people in (
        (within("signing", signing), within("arrivals", arrivals)),
        (within("death_payment", death_payment), within("killed", killed)),
    ):
        if np.ndim(rate) or rate:
            total = total + rate * people
    return plain(total)


def indirect(agreed_sum: Values, multiple: Values) -> Values:
    """Give the indirect benefit of an allied regime, which stands beside the agreed sum.

    Parameters
    ----------
    agreed_sum
        USD, from `agreed`.
    multiple
        Indirect benefit over agreed sum.

    Returns
    -------
    float or numpy.ndarray
        USD.

    Raises
    ------
    ValueError
        If an argument is negative or missing.

    Notes
    -----
    The multiple of 3.2 for an allied force: INSS 2024.

    Examples
    --------
    >>> indirect(352e6, 3.2)
    1126400000.0
    """
    return plain(within("agreed_sum", agreed_sum) * within("multiple", multiple))


def received(agreed_sum: Values, received_share: Values) -> Values:
    """Give the part of the agreed sum that was received.

    Parameters
    ----------
    agreed_sum
        USD, from `agreed`.
    received_share
        Received of agreed, 0 to 1.

    Returns
    -------
    float or numpy.ndarray
        USD.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> received(360e6, 0.12)
    43200000.0
    """
    return plain(within("agreed_sum", agreed_sum) * within("received_share", received_share, high=1))


def household_month(pay: Values, kept_share: Values) -> Values:
    """Give what reaches a soldier's household in a month, if the pay is paid.

    Parameters
    ----------
    pay
        USD per person-month.
    kept_share
        Share of pay that reaches the household, 0 to 1.

    Returns
    -------
    float or numpy.ndarray
        USD per household and month.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> household_month(2_000, 0.1)
    200.0
    """
    return plain(within("pay", pay) * within("kept_share", kept_share, high=1))


def state_month(force: Values, pay: Values, kept_share: Values) -> Values:
    """Give what the state keeps of the pay of a force in a month, if the pay is paid.

    Parameters
    ----------
    force
        Persons paid.
    pay
        USD per person-month.
    kept_share
        Share of pay that reaches the household, 0 to 1.

    Returns
    -------
    float or numpy.ndarray
        USD a month.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> state_month(10_900, 2_000, 0.1)
    19620000.0
    """
    kept = within("kept_share", kept_share, high=1)
    return plain(within("force", force) * within("pay", pay) * (1 - kept))


def implied_force(bill: float, pay: float) -> float:
    """Give the number of people that a monthly bill implies.

    Parameters
    ----------
    bill
        USD a month.
    pay
        USD per person-month.

    Returns
    -------
    float
        Persons.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> implied_force(22e6, 2_000)
    11000.0
    """
    return one_number("bill", bill) / one_number("pay", pay, above=True)


def in_usd(amount: float, per_usd: float) -> float:
    """Convert an amount at an exchange rate.

    Parameters
    ----------
    amount
        In another currency, in any multiple of it.
    per_usd
        Units of that currency for one USD.

    Returns
    -------
    float
        USD, in the same multiple.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> round(in_usd(40_900, 1_305.4), 2)
    31.33
    """
    return one_number("amount", amount) / one_number("per_usd", per_usd, above=True)


def a_month(yearly: float) -> float:
    """Spread a yearly amount over months.

    Parameters
    ----------
    yearly
        An amount a year.

    Returns
    -------
    float
        The same amount a month.

    Raises
    ------
    ValueError
        If it is negative or missing.

    Examples
    --------
    >>> a_month(24)
    2.0
    """
    return one_number("yearly", yearly) / MONTHS_PER_YEAR
