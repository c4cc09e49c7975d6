"""Lineage: which claim rests on which, and from which body a figure reaches the public."""

from collections.abc import Iterable, Mapping

import pandas as pd

from briefing.model.claims import ids

# The columns of claims that name other claims, and how a sentence says it.
LINKS = {
    "derived_from": "is derived from",
    "updates": "updates",
    "supersedes": "supersedes",
    "revises": "revises",
    "answers": "answers",
}


def find_cycle(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the nodes of one cycle in the order of its edges, or an empty list.

    Examples
    --------
    >>> find_cycle({"a": ["b"], "b": ["c"], "c": ["b"]})
    ['b', 'c']
    """
    done: set[str] = set()
    for start in graph:
        path: list[str] = []
        ways = [iter([start])]
        while ways:
            node = next(ways[-1], None)
            if node is None:
                ways.pop()
                if path:
                    done.add(path.pop())
            elif node in path:
                return path[path.index(node) :]
            elif node not in done:
                path.append(node)
                ways.append(iter(graph.get(node, ())))
    return []


def ancestors(claim_id: str, parents: Mapping[str, Iterable[str]]) -> list[str]:
    """Return every claim that a claim rests on through `parents`, nearest first.

    Examples
    --------
    >>> ancestors("total", {"total": ["killed", "wounded"], "killed": ["report"]})
    ['killed', 'wounded', 'report']
    """
    found: dict[str, None] = {}
    queue = list(parents.get(claim_id, ()))
    while queue:
        parent = queue.pop(0)
        if parent not in found:
            found[parent] = None
            queue += parents.get(parent, ())
    return list(found)


def lineage(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the ways that figures took, as the edges of a graph.

    Parameters
    ----------
    claims
        Rows of the claims table.

    Returns
    -------
    pandas.DataFrame
        Columns ``start``, ``end``, ``kind`` and ``claim_id``. The kinds are "origin to claimant" (the body
        behind the figure to who said it), "claimant to outlet" (to who relayed it) and "derived from" (a
        claim to another that repeats it or is computed from it; both ends are claim ids).

    Examples
    --------
    >>> from briefing.ledger import load
    >>> claims = load().claims_of("rotation_months")
    >>> lineage(claims)[["start", "end"]].head(2).values.tolist()[0]
    ['O-UA-GOV', 'Ambassador of Ukraine to the Republic of Korea']
    """
    edges = []
    for _, claim in claims.iterrows():
        name = claim["claim_id"]
        edges.append((claim["origin_group"], claim["claimant"], "origin to claimant", name))
        if claim["via"] != claim["claimant"]:
            edges.append((claim["claimant"], claim["via"], "claimant to outlet", name))
        edges += [(parent, name, "derived from", name) for parent in ids(claim["derived_from"])]
    return pd.DataFrame(edges, columns=["start", "end", "kind", "claim_id"])
