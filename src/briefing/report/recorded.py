"""What a notebook records, read from its code without running it."""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from briefing.errors import Problem
from briefing.numbers import NUMBERS

NUMBERED = ("number", "claimed", "count", "span", "name", "spread")
"""What a record calls to take a number."""
WILD = "\0"
"""Stands in a key for what only a run knows."""

LEVELS = ("high", "moderate", "low")
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_COMPREHENSION = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
_SAME = ("sorted", "list", "tuple", "set", "reversed", "dict")


@dataclass(frozen=True)
class Fact:
    """What a fact says where it holds, and the family of those that one call records together, if any."""

    meaning: str
    family: str = ""


@dataclass
class Recorded:
    """Keys of what one notebook, or the document itself, hands to the sources; `WILD` in those of a loop.

    Attributes
    ----------
    where
        The notebook's file, or what else records it.
    facts
        By their keys.
    """

    where: str
    numbers: set[str] = field(default_factory=set)
    facts: dict[str, Fact] = field(default_factory=dict)
    likelihoods: set[str] = field(default_factory=set)
    figures: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    steps: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    commands: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def read_notebooks(root: Path) -> list[Recorded]:
    """Return what each notebook of a project records, in the order of their numbers."""
    return [read_notebook(path) for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))]


def read_notebook(path: Path) -> Recorded:
    """Return what a notebook records; what is no notebook or no Python records nothing here."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        codes = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        codes = []
    return read_code(f"notebooks/{path.name}", codes)


def read_code(where: str, codes: Iterable[str]) -> Recorded:
    """Return what the cells of a notebook record.

    Examples
    --------
    >>> cell = "for name in ('a', 'b'): record.fact(f'body.{name}', True, 'it has spoken')"
    >>> sorted(read_code("a notebook", [cell]).facts)
    ['body.a', 'body.b']
    """
    body: list[ast.stmt] = []
    for code in codes:
        try:
            body += ast.parse(code).body
        except SyntaxError:
            continue
    return _Reader(ast.Module(body, []), where).read()


class _Reader:
    def __init__(self, module: ast.Module, where: str) -> None:
        self.found = Recorded(where)
        self.parents: dict[ast.AST, ast.AST] = {}
        self.assigned: dict[str, list[ast.expr]] = {}
        self.calls: list[ast.Call] = []
        self.pairs: list[ast.Tuple] = []
        waiting: list[ast.AST] = [module]
        for node in waiting:
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
                waiting.append(child)
            if isinstance(node, ast.Call):
                self.calls.append(node)
            elif isinstance(node, ast.Tuple):
                self.pairs.append(node)
            for target, value in _assignments(node):
                self.assigned.setdefault(target, []).append(value)

    def read(self) -> Recorded:
        for node in self.calls:
            if isinstance(node.func, ast.Attribute) and _is_record(node.func.value):
                self._method(node.func.attr, node)
            elif isinstance(node.func, ast.Name) and any(map(_is_record, node.args)):
                self._writer(node.func.id, node)
        return self.found

    def _method(self, method: str, call: ast.Call) -> None:
        found = self.found
        if method in NUMBERED:
            found.numbers |= self._keys(call, 0, "key")
        elif method == "fact":
            meanings = self._strings(_argument(call, 2, "meaning"))
            meaning = " or ".join(sorted(meanings)).replace(WILD, "…")
            found.facts |= dict.fromkeys(self._keys(call, 0, "key"), Fact(meaning))
        elif method == "figure":
            found.figures |= self._keys(call, 0, "name")
            if any(keyword.arg == "steps" for keyword in call.keywords) or len(call.args) > 3:
                found.steps |= _step_texts(self.pairs)
        elif method == "table":
            found.tables |= self._keys(call, 0, "name")
        elif method == "add":
            self._unread(call)

    def _writer(self, function: str, call: ast.Call) -> None:
        """Enter what a function of the project records in the record that it is given."""
        found = self.found
        if function == "record_numbers":
            subjects = self._keys(call, 2, "subject")
            found.numbers |= {one.key for one in NUMBERS if one.subject in subjects}
        elif function == "judge":
            for name in self._keys(call, 1, "name"):
                found.numbers.add(f"judgement.{name}")
                found.likelihoods.add(name)
                found.facts |= judged(name)
        elif function == "stand_behind":
            for subject in self._keys(call, 1, "subject"):
                found.numbers.add(f"{subject}.behind")
                found.facts |= stood_behind(subject)
        else:
            self._unread(call)

    def _unread(self, call: ast.Call) -> None:
        what = f"`{ast.unparse(call.func)}` records what cannot be read without a run"
        self.found.problems.append(Problem(self.found.where, what, "record.number, record.fact and the like"))

    def _keys(self, call: ast.Call, place: int, name: str) -> set[str]:
        keys = self._strings(_argument(call, place, name))
        if any(key.startswith(WILD) and (key == WILD or not _of_numbers(call)) for key in keys):
            written = ast.unparse(call)
            what = f"the key of `{written[:60]}{'…' if len(written) > 60 else ''}` is known in a run only"
            self.found.problems.append(
                Problem(self.found.where, what, "a literal, or one with a part in braces")
            )
        return {key for key in keys if not key.startswith(WILD)}

    def _strings(self, node: ast.expr | None, asked: frozenset[int] = frozenset()) -> set[str]:
        """Return what a string may be, as far as the code tells."""
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.JoinedStr(values=values):
                return {"".join(some) for some in product(*(self._strings(one, asked) for one in values))}
            case ast.FormattedValue(value=value):
                return self._strings(value, asked)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return {a + b for a in self._strings(left, asked) for b in self._strings(right, asked)}
            case ast.IfExp(body=body, orelse=orelse):
                return self._strings(body, asked) | self._strings(orelse, asked)
            case ast.Name():
                # What leads back to itself adds nothing.
                if id(node) in asked:
                    return set()
                asked |= {id(node)}
                if values := self._bound(node, asked):
                    return set().union(*(self._strings(one, asked) for one in values))
        return {WILD}

    def _bound(self, name: ast.Name, asked: frozenset[int]) -> list[ast.expr]:
        """Return what a name may stand for: in its loop, else where it is assigned; nothing if unknown."""
        inner: ast.AST = name
        while (node := self.parents.get(inner)) is not None:
            loops: list[tuple[ast.expr, ast.expr]] = []
            if isinstance(node, ast.For) and inner is not node.iter:
                loops = [(node.target, node.iter)]
            elif isinstance(node, _COMPREHENSION):
                loops = [(one.target, one.iter) for one in node.generators if one is not inner]
            for target, over in loops:
                path = _path_to(target, name.id)
                if path is not None:
                    members = self._members(over, asked)
                    picked = [_picked(member, path) for member in members]
                    return [] if None in picked else [one for one in picked if one is not None]
            inner = node
        return self.assigned.get(name.id, [])

    def _members(self, node: ast.expr, asked: frozenset[int]) -> Sequence[ast.expr]:
        """Return what a loop goes over; nothing if unknown."""
        match node:
            case ast.Tuple(elts=elts) | ast.List(elts=elts) | ast.Set(elts=elts):
                return elts
            case ast.Dict(keys=keys):
                return [key for key in keys if key is not None]
            case ast.IfExp(body=body, orelse=orelse):
                return [*self._members(body, asked), *self._members(orelse, asked)]
            case ast.DictComp(key=key):
                return [key]
            case ast.ListComp(elt=elt) | ast.GeneratorExp(elt=elt) | ast.SetComp(elt=elt):
                return [elt]
            case ast.Call(func=ast.Attribute(value=value, attr="items"), args=[]):
                return self._items(value, asked)
            case ast.Call(func=ast.Attribute(value=value, attr="keys"), args=[]):
                return self._members(value, asked)
            case ast.Call(func=ast.Attribute(value=value, attr="values"), args=[]):
                return [item.elts[1] for item in self._items(value, asked)]
            case ast.Call(func=ast.Name(id=name), args=[one, *_]) if name in _SAME:
                return self._members(one, asked)
            case ast.Call(func=ast.Name(id="enumerate"), args=[one, *_]):
                return [_pair(ast.Constant(None), member) for member in self._members(one, asked)]
            case ast.Call(func=ast.Name(id="zip"), args=many):
                columns = [self._members(one, asked) for one in many]
                # What one column lacks is unknown, and the others still tell theirs.
                most = max(map(len, columns), default=0)
                whole = [column or [ast.Constant(None)] * most for column in columns]
                return [ast.Tuple(list(row), ast.Load()) for row in zip(*whole, strict=False)]
            case ast.Name() if id(node) not in asked:
                asked |= {id(node)}
                return [one for value in self._bound(node, asked) for one in self._members(value, asked)]
        return []

    def _items(self, node: ast.expr, asked: frozenset[int]) -> list[ast.Tuple]:
        match node:
            case ast.Dict(keys=keys, values=values):
                return [_pair(key, value) for key, value in zip(keys, values, strict=True) if key is not None]
            case ast.DictComp(key=key, value=value):
                return [_pair(key, value)]
            case ast.Name() if id(node) not in asked:
                asked |= {id(node)}
                return [one for value in self._bound(node, asked) for one in self._items(value, asked)]
        return []


def judged(name: str) -> dict[str, Fact]:
    """Return the facts that `briefing.judgements.judge` records."""
    family = f"judged.{name}"
    return {
        family: Fact("there is a basis for the judgement", family),
        f"{family}_exact": Fact("the same in every draw", family),
        f"{family}_word": Fact("a likelihood may be stated", family),
    }


def stood_behind(subject: str) -> dict[str, Fact]:
    """Return the facts that `briefing.judgements.stand_behind` records."""
    family = f"{subject}.confidence"
    confident = {f"{family}_{word}": Fact(f"confidence is {word}", family) for word in LEVELS}
    apart = Fact("usually reliable parties differ by more than a factor of two", family)
    return confident | {f"{subject}.apart": apart}


def _is_record(node: ast.expr) -> bool:
    return getattr(node, "id", getattr(node, "attr", "")) == "record"


def _of_numbers(call: ast.Call) -> bool:
    """Whether a key may have an open subject: such numbers are for the cells of a table."""
    return getattr(call.func, "attr", "") in NUMBERED


def _argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    if place < len(call.args):
        return call.args[place]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _pair(first: ast.expr, second: ast.expr) -> ast.Tuple:
    return ast.Tuple([first, second], ast.Load())


def _assignments(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id, value
                elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                    for one, its in zip(target.elts, value.elts, strict=False):
                        if isinstance(one, ast.Name):
                            yield one.id, its
        case (
            ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            | ast.NamedExpr(target=ast.Name(id=name), value=value)
        ):
            yield name, value


def _path_to(target: ast.expr, name: str) -> tuple[int, ...] | None:
    """Return where a name stands in what a loop unpacks."""
    if isinstance(target, ast.Name):
        return () if target.id == name else None
    if isinstance(target, ast.Tuple | ast.List):
        for place, one in enumerate(target.elts):
            if (path := _path_to(one, name)) is not None:
                return (place, *path)
    return None


def _picked(member: ast.expr, path: tuple[int, ...]) -> ast.expr | None:
    for place in path:
        if not isinstance(member, ast.Tuple | ast.List) or place >= len(member.elts):
            return None
        member = member.elts[place]
    return member


def _step_texts(pairs: Iterable[ast.Tuple]) -> set[str]:
    """Return the names of texts that stand beside a drawing: ``(figure, {"name": text})``."""
    return {
        key.value
        for node in pairs
        if len(node.elts) == 2 and isinstance(node.elts[1], ast.Dict)
        for key in node.elts[1].keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def as_pattern(key: str) -> re.Pattern[str]:
    """Return what a key matches.

    Examples
    --------
    >>> bool(as_pattern(f"now.{WILD}").fullmatch("now.force"))
    True
    """
    return re.compile(".+".join(map(re.escape, key.split(WILD))))
