"""Lineage: which claim rests on which."""

from collections.abc import Iterable, Mapping

# The columns of claims that name other claims, and how a sentence says it.
LINKS = {
    "derived_from": "is derived from",
    "updates": "updates",
    "supersedes": "supersedes",
    "revises": "revises",
    "answers": "answers",
    "same_figure_as": "has the same figure as",
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
