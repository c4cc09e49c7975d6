"""What a claim's row says of other claims and of its own use: one reading for the ledger and the model."""

import pandas as pd

LOSSES = ("casualties_total", "killed", "wounded")
"""Quantities that are a toll of the whole deployment."""
WORST_DIGIT = 4
"""Worst grade of the information with which a claim of losses may count."""


def ids(cell: object) -> list[str]:
    """Split a cell that lists claims; an absent one lists none.

    Examples
    --------
    >>> ids("nis-20241219-killed-100;nis-20241219-wounded-1000"), ids(""), ids(float("nan"))
    (['nis-20241219-killed-100', 'nis-20241219-wounded-1000'], [], [])
    """
    return [name for name in cell.split(";") if name] if isinstance(cell, str) else []


def superseded(claims: pd.DataFrame) -> dict[str, str]:
    """Return the claims that others among `claims` supersede, each with the one that does.

    Examples
    --------
    >>> superseded(pd.DataFrame({"claim_id": ["old", "new"], "supersedes": ["", "old"]}))
    {'old': 'new'}
    """
    pairs = zip(claims["claim_id"], claims["supersedes"], strict=True)
    return {older: str(newer) for newer, cell in pairs for older in ids(cell)}


def active(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the claims that no other among `claims` supersedes.

    Examples
    --------
    >>> active(pd.DataFrame({"claim_id": ["old", "new"], "supersedes": ["", "old"]}))["claim_id"].tolist()
    ['new']
    """
    return claims[~claims["claim_id"].isin(list(superseded(claims)))]


def own(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the claims that stand on their own: neither repeated nor computed from another, and no denial.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a", "b"], "derived_from": ["", "a"], "bound": "about"})
    >>> own(claims)["claim_id"].tolist()
    ['a']
    """
    return claims[claims["derived_from"].fillna("").eq("") & claims["bound"].ne("denial")]


def usable_losses(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the loss claims that may count: own claims of a toll, graded 4 or better for the information.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a", "b"], "quantity": "killed", "derived_from": "",
    ...     "bound": "about", "credibility": [4, 5]})
    >>> usable_losses(claims)["claim_id"].tolist()
    ['a']
    """
    losses = own(claims)
    return losses[losses["quantity"].isin(LOSSES) & losses["credibility"].le(WORST_DIGIT)]
