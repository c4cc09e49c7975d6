"""What differs between two briefings is printed as what it is: people, points, interactions however small."""

import pytest

from briefing.compare import causes
from briefing.compare.causes import attribute
from briefing.compare.numbers import _change
from briefing.results import Number
from briefing.scenario import load_scenario


@pytest.mark.parametrize(
    ("change", "printed"),
    [(0.4, "+0.4"), (-0.4, "\u22120.4"), (1234.6, "+1,230"), (1.2, "+1"), (0.0, "0")],
)
def test_less_than_a_person_is_not_printed_as_nobody(change, printed):
    assert _change(change, "persons", "")["text"] == printed


def test_the_difference_of_two_shares_is_in_points_of_a_hundred():
    assert _change(0.25, "probability", "")["text"] == "+25 points"
    assert _change(-2.5, "percent", "")["text"] == "\u22122.5 points"
    assert _change(0.25, "probability", "")["value"] == 25


def test_an_interaction_of_a_thousandth_is_shown_and_noise_is_not(monkeypatch):
    first = load_scenario("as-printed")
    second = load_scenario("as-printed", {"pay": 2500, "force": 12_000})

    def told(after: float) -> causes.Attribution:
        # What the first scenario, the second, and each single change give.
        values = iter((1000.0, after, 1100.0, 1200.0))
        made = (Number("money.agreed", value, "usd", "assumed", "") for value in values)
        monkeypatch.setattr(causes, "headlines", lambda *_: [{one.key: one} for one in made])
        [found] = attribute(first, second, None, ["money.agreed"])
        return found

    assert told(1300.2).interaction == pytest.approx(0.2)
    assert told(1300.0 + 1e-10).interaction == 0
