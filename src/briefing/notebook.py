"""The line that opens a notebook: parameters checked, a record, what was known, the scenario worked out."""

import ast
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from briefing.errors import BadInputError
from briefing.ledger import Ledger, load
from briefing.ledger.claimed import resolved, unknown
from briefing.paths import by_hand
from briefing.results import Record
from briefing.scenario import Scenario
from briefing.scenario.given import check_given, departures
from briefing.scenario.parameters import CONDUCT, TEXTS

if TYPE_CHECKING:
    from briefing.worked import Worked

LITERALS = (bool, int, float, str, list, tuple, dict, date, type(None))
"""What a misspelt parameter may hold; modules and functions are something else that a notebook has."""
INJECTED = "# Parameters"
"""The first line of the cell in which papermill gives parameters their values."""


@dataclass(frozen=True, eq=False, repr=False)
class Page:
    """What a notebook's page starts from. What a notebook never asks for is never computed.

    Attributes
    ----------
    record
        Takes what the notebook finds, and bears its name.
    values
        The parameters that it declares, in the forms of `Scenario.values`.
    """

    record: Record
    values: Mapping[str, Any] = field(default_factory=dict)

    def _value(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise ValueError(f"{self.record.notebook} asks for `{name}`, which it does not declare") from None

    @cached_property
    def known(self) -> Ledger:
        """The ledger as of the notebook's day."""
        day = self._value("as_of")
        with _told_plainly():
            return load().as_of(day)

    @cached_property
    def _resolved(self) -> dict[str, Any]:
        from briefing.model.scenario_case import INPUTS

        return resolved({name: self.values[name] for name in INPUTS if name in self.values}, self.known)

    @property
    def unknown(self) -> frozenset[str]:
        """The parameters that stand for what is claimed, where nothing was by the day."""
        return unknown(self._resolved)

    @cached_property
    def _computable(self) -> dict[str, Any]:
        from briefing.model.inputs import model_inputs
        from briefing.worked import computable

        return model_inputs(**computable(self._resolved))

    @cached_property
    def _at_modes(self) -> dict[str, Any]:
        from briefing.model.inputs import central
        from briefing.model.outcomes import outcomes

        inputs = central(self._computable)
        return inputs | outcomes(inputs)

    @cached_property
    def _in_draws(self) -> dict[str, Any]:
        from briefing.model.inputs import drawn
        from briefing.model.outcomes import outcomes

        inputs = drawn(self._computable, self._value("draws"), self._value("seed"))
        return inputs | outcomes(inputs)

    @property
    def inputs(self) -> dict[str, Any] | None:
        """The inputs of the model, with ranges as triples; None where one of them is unknown.

        What the notebook does not declare is neutral (`briefing.model.inputs.NEUTRAL`).
        """
        return None if self.unknown else self._computable

    @property
    def middle(self) -> dict[str, Any] | None:
        """Inputs and outcomes at the modes; None where an input is unknown."""
        return None if self.unknown else self._at_modes

    @property
    def spread(self) -> dict[str, Any] | None:
        """Inputs and outcomes over the draws; None where an input is unknown."""
        return None if self.unknown else self._in_draws

    @cached_property
    def worked(self) -> "Worked":
        """The scenario worked out; its numbers that rest on an unknown input have no value."""
        from briefing.worked import work_out

        return work_out(self.known, self._at_modes, self._in_draws, self.unknown)


def open_page(name: str, namespace: MutableMapping[str, Any]) -> Page:
    """Check a notebook's parameters, and open its page.

    However the notebook is run, by the project's runner, papermill, nbconvert or a person, its parameters
    then stand in the one form of `briefing.scenario.Scenario.values`: ``"none"`` is None, ``"2/3/12"`` a
    dict, ``"latest"`` a day. Run by hand, it prints what differs from the defaults.

    Parameters
    ----------
    name
        The notebook's file without its ending: its results bear it.
    namespace
        Where its cells work: ``globals()``. At the opening it holds parameters and nothing else of its own,
        so that a misspelt one is noticed.

    Raises
    ------
    BadInputError
        Parameters that are unknown, of a wrong type or out of range, with the lines that a scenario's file
        gets; the cell shows nothing else.

    Notes
    -----
    What a file of papermill's ``-f`` gives beside the declared parameters is checked, and has no influence.

    Examples
    --------
    >>> cell = {"as_of": "2024-11-24", "tour": "2/3/12"}
    >>> page = open_page("02_people", cell)
    differs from the default: as_of = 2024-11-24 (default latest), tour = 2/3/12 (default 2/4/12)
    >>> page.values["tour"], cell["tour"] == page.values["tour"]
    ({'low': 2.0, 'mode': 3.0, 'high': 12.0}, True)
    >>> str(page.known.claims["report_date"].max().date())
    '2024-11-22'
    """
    given = _given(namespace)
    with _told_plainly():
        scenario = check_given(given)
    values = scenario.values()
    declared = [name for name in values if name in _declared(namespace, given)]
    namespace.update({name: values[name] for name in declared})
    page = Page(Record(name), {name: values[name] for name in declared})
    if by_hand() and (told := departures(scenario, declared)):
        print(f"differs from the default: {', '.join(told)}")
    return page


def _given(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Return what somebody gave a value before the page is opened."""
    shell = namespace.get("get_ipython", lambda: None)()
    hidden = {"In": namespace.get("In"), "Out": namespace.get("Out"), **getattr(shell, "user_ns_hidden", {})}
    own = {name: value for name, value in namespace.items() if not (name in hidden and hidden[name] is value)}
    known = {name: own[name] for name in (*TEXTS, *CONDUCT, *Scenario.parameters()) if name in own}
    if any(isinstance(value, Page) for value in own.values()):
        # Opened before in this session: by now the notebook has names of its own.
        return known
    named = {name: value for name, value in own.items() if not name.startswith("_")}
    return known | {name: value for name, value in named.items() if isinstance(value, LITERALS)}


def _declared(namespace: Mapping[str, Any], given: Mapping[str, Any]) -> set[str]:
    """Return what the notebook's own cells set; all that is given where papermill has set nothing."""
    cells = [str(cell) for cell in namespace.get("In", ())]
    own = [cell for cell in cells if not cell.startswith(INJECTED)]
    return set(given) if len(own) == len(cells) else {name for cell in own for name in _assigned(cell)}


def _assigned(cell: str) -> Iterator[str]:
    with suppress(SyntaxError):
        for node in ast.walk(ast.parse(cell)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Let a cell that fails for its input show the problems alone: IPython asks an error what to show."""
    try:
        yield
    except BadInputError as error:
        shown = f"{type(error).__name__}: {error}".splitlines()
        vars(error)["_render_traceback_"] = lambda: shown
        raise
