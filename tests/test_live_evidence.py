"""What holds of the evidence and the scenarios whatever their rows and files, today and with some more."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
import yaml
from extend_evidence import extend

from briefing.coverage import DATED, coverage_end
from briefing.errors import BadInputError
from briefing.ledger import Ledger, diff, load
from briefing.ledger.claimed import resolved
from briefing.ledger.lineage import LINKS
from briefing.ledger.newest import newest_claims, silent_bodies
from briefing.ledger.returns import STATES, returns_as_of
from briefing.ledger.standings import standings
from briefing.ledger.wording import stated
from briefing.model.bounds import BOUNDS
from briefing.model.claims import ids
from briefing.model.inputs import central, model_inputs
from briefing.model.outcomes import outcomes
from briefing.scenario import Scenario, load_scenario, scenario_names
from briefing.scenario.describe import as_schema

ROOT = Path(__file__).parents[1]
ARTICLE = date(2024, 11, 24)
DOCUMENTS = [ROOT / "README.md", ROOT / "data" / "README.md", *sorted((ROOT / "notebooks").glob("*.ipynb"))]
# What the model assumes and no scenario sets.
OF_THE_MODEL = {
    "calendar_days",
    "claim_spread",
    "constant_hazard",
    "daily_hazard",
    "duty_share",
    "front_strength",
    "hindsight",
    "independent_draws",
    "killed_share_prior",
    "no_opponent",
    "origin_bias",
    "origins_right_on_average",
    "pay_follows_force",
    "range_shape",
    "shared_bias",
    "steady_mix",
    "words_as_bounds",
}


@pytest.fixture(scope="module", params=["as they stand", "with five rows and a scenario more"])
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param == "as they stand":
        return ROOT
    root = tmp_path_factory.mktemp("extended")
    for name in ("data", "scenarios"):
        shutil.copytree(ROOT / name, root / name)
    (root / "report.qmd").touch()
    extend(root)
    return root


@pytest.fixture(scope="module")
def ledger(project: Path) -> Ledger:
    return load(project / "data")


@pytest.fixture(scope="module")
def days(ledger: Ledger) -> list[date]:
    """The days on which something became public, and the article's."""
    reported = pd.concat([ledger.tables[name]["report_date"] for name in DATED])
    return sorted({*reported.dt.date, ARTICLE})[::9]


@pytest.fixture
def there(project: Path, live: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The project as the working folder, read as it is."""
    monkeypatch.chdir(project)
    return project


def constraint(project: Path, table: str, column: str) -> list[str]:
    """Return the allowed values of a column."""
    package = json.loads((project / "data" / "datapackage.json").read_text(encoding="utf-8"))
    resource = next(one for one in package["resources"] if one["name"] == table)
    field = next(one for one in resource["schema"]["fields"] if one["name"] == column)
    return field["constraints"]["enum"]


def test_the_proof_adds_rows_of_five_kinds_the_newest_day_and_a_scenario(tmp_path, live):
    for name in ("data", "scenarios"):
        shutil.copytree(ROOT / name, tmp_path / name)
    extend(tmp_path)
    news = diff(load(ROOT / "data"), load(tmp_path / "data"))
    assert {name: len(rows) for name, rows in news.added.items()} == {
        "claims": 4,
        "origins": 1,
        "sources": 2,
        "statements": 1,
    }
    # What an extension of the evidence itself has replaced stays replaced.
    extended = [*(ROOT / "scenarios").glob("third-of-the-force-*.yaml")]
    assert (len(news.superseded), len(news.changed), len(news.removed)) == (0 if extended else 1, 0, 0)
    assert set(news.added["claims"]["bound"]) == {"about", "denial"}
    assert coverage_end(tmp_path / "data") > coverage_end(ROOT / "data")
    assert len(scenario_names(tmp_path / "scenarios")) == len(scenario_names(ROOT / "scenarios")) + 1


# The evidence


def test_every_claim_names_a_source_an_origin_and_a_quantity_that_exist(ledger):
    assert set(ledger.claims["source_id"]) <= set(ledger.sources["source_id"])
    assert set(ledger.claims["origin_group"]) <= set(ledger.tables["origins"]["origin_group"])
    assert set(ledger.claims["quantity"]) <= set(ledger.quantities["quantity"])


def test_coverage_ends_with_the_newest_report_and_the_ledger_is_whole_on_that_day(project, ledger):
    assert ledger.coverage_end == coverage_end(project / "data") <= date.today()
    whole = ledger.as_of(ledger.coverage_end, unread=True)
    assert {name: len(table) for name, table in whole.tables.items()} == {
        name: len(table) for name, table in ledger.tables.items()
    }


def test_on_no_day_is_a_claim_known_without_those_that_it_names(ledger, days):
    for day in days:
        claims = ledger.as_of(day).claims
        assert {name for cell in claims[list(LINKS)].to_numpy().ravel() for name in ids(cell)} <= set(
            claims["claim_id"]
        )


def test_on_every_day_a_claim_is_active_or_replaced(ledger, days):
    for day in days:
        view = ledger.as_of(day)
        active, replaced = set(view.active()["claim_id"]), set(view.replaced())
        assert active | replaced == set(view.claims["claim_id"])
        assert not active & replaced


def test_on_no_day_is_there_a_row_of_which_no_page_was_read(ledger, days):
    for day in days:
        view = ledger.as_of(day)
        for name in ("claims", "statements", "context"):
            assert set(view.tables[name]["verified"]) <= {"yes"}


def test_on_every_day_a_body_has_one_newest_claim_of_a_quantity_that_it_has_not_replaced(ledger, days):
    for day in days:
        view = ledger.as_of(day)
        newest = newest_claims(view)
        assert not newest.duplicated(["origin_group", "quantity"]).any()
        assert set(newest["claim_id"]) <= set(view.active()["claim_id"])
        assert (newest["age"] >= 0).all()
        assert set(silent_bodies(view)) <= set(newest["origin_group"])


def test_every_claim_can_be_said(ledger):
    for claim in ledger.claims.to_dict("records"):
        assert re.search(r"\d", stated(claim))


def test_on_no_day_does_the_checklist_rest_on_what_was_not_known(ledger, days):
    for day in days:
        known = ledger.as_of(day)
        names = {*known.claims["claim_id"], *known.statements["statement_id"], *known.context["indicator"]}
        assert {name for cell in returns_as_of(known)["rests_on"] for name in ids(cell)} <= names


def test_every_mended_cell_differs_and_has_a_reason(ledger):
    corrections = ledger.tables["corrections"]
    assert (corrections["was"] != corrections["now"]).all()
    assert (corrections["reason"] != "").all()


def test_the_kind_of_a_page_says_that_a_copy_was_read(ledger):
    pages = ledger.sources
    copied = pages["publisher"].str.contains(r"carried (?:at|on)\b|\bcarrying UK|\bcopy at\b")
    assert set(pages.loc[copied, "kind"]) <= {"aggregator", "official_copy"}


def test_what_the_code_names_is_there(ledger):
    """Ids of claims in the model's defaults and in the notebooks: a row is never taken away."""
    known = ledger.as_of(ARTICLE)
    for field in Scenario.parameters().values():
        rests_on = field.json_schema_extra["rests_on"]
        assert rests_on
        assert set(re.findall(r"\bclaims of (\S+)", rests_on)) <= set(known.claims["quantity"])
        assert set(re.findall(r"\bcontext (\S+)", rests_on)) <= set(known.context["indicator"])
    assert "seed-st-casualties-unknown" in set(known.statements["statement_id"])


# The dictionary


def test_every_column_of_every_table_is_described(project):
    package = json.loads((project / "data" / "datapackage.json").read_text(encoding="utf-8"))
    readme = (project / "data" / "README.md").read_text(encoding="utf-8")
    for resource in package["resources"]:
        header = (project / "data" / resource["path"]).read_text(encoding="utf-8").split("\n", 1)[0]
        assert header.split(",") == [field["name"] for field in resource["schema"]["fields"]]
        assert f"| `{resource['path']}` |" in readme
        for field in resource["schema"]["fields"]:
            assert field["title"]
            assert field["description"].endswith(".")


def test_the_words_of_the_dictionary_are_those_of_the_code(project, ledger):
    assert set(constraint(project, "claims", "bound")) == set(BOUNDS)
    assert tuple(constraint(project, "returns", "state")) == STATES
    parameters = set(constraint(project, "assumptions", "parameter"))
    assert parameters == set(Scenario.parameters()) | OF_THE_MODEL
    assert parameters == set(ledger.tables["assumptions"]["parameter"])


# Assumptions


def test_every_default_is_an_assumption_that_names_the_same_basis(ledger):
    assumptions, quantity = ledger.tables["assumptions"], ledger.claims.set_index("claim_id")["quantity"]
    for name, field in Scenario.parameters().items():
        rests_on = field.json_schema_extra["rests_on"]
        rows = assumptions[assumptions["parameter"] == name]
        named = {row for cell in rows["rests_on"] for row in ids(cell)}
        kind, _, row = rests_on.partition(" ")
        if rests_on.startswith("judgement"):
            assert "judgement" in named, name
        if kind == "context":
            assert row in named, name
        if rests_on.startswith("claims of"):
            assert set(quantity[list(named)]) == {rests_on.removeprefix("claims of ")}, name
        if "with later claims known" in rests_on:
            assert rows["note"].str.contains("[Cc]hosen with later claims known").any(), name


# What the ledger lacks is not said to be lacking in the world

PRINTED = [
    ROOT / "report.qmd",
    ROOT / "compare.qmd",
    *sorted((ROOT / "notebooks").glob("*.ipynb")),
    *sorted((ROOT / "src").rglob("*.py")),
]
NOT_SAID = re.compile(
    r"no[ _]evidence|no claim became public|no ?body had (?:named|claimed|said|published|put)", re.IGNORECASE
)


def test_no_printed_word_takes_a_gap_of_the_ledger_for_one_of_the_world(project):
    for path in [*PRINTED, *sorted((project / "data").iterdir())]:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            # What code says of itself is not printed.
            text = re.sub(r'""".*?"""|#[^\n]*', "", text, flags=re.DOTALL)
        assert NOT_SAID.findall(text) == [], path.name


# Scenarios


def test_every_scenario_is_read_twice_alike_fits_the_schema_and_has_an_outcome(there):
    names = scenario_names()
    paths = sorted(path for path in (there / "scenarios").glob("*.yaml") if not path.name.startswith("_"))
    assert names == [path.stem for path in paths]
    for path in paths:
        first, second = load_scenario(path.stem), load_scenario(path.stem)
        assert (first, first.digest) == (second, second.digest)
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
        given = {name: v.isoformat() if isinstance(v, date) else v for name, v in given.items()}
        jsonschema.validate(given, json.loads(as_schema()))
        assert "$schema=schema.json" in path.read_text(encoding="utf-8").splitlines()[0]
        values = resolved(first.values(), load(there / "data").as_of(first.as_of))
        assert outcomes(central(model_inputs(**values)))["distinct"] > 0
    assert len({load_scenario(name).digest for name in names}) == len(names)


def test_a_scenario_may_stand_on_the_last_day_of_the_evidence_and_not_a_day_later(there):
    last = coverage_end()
    assert load_scenario("november-2024", {"as_of": last.isoformat()}).as_of == last
    later = date.fromordinal(last.toordinal() + 1).isoformat()
    with pytest.raises(BadInputError, match=f'as_of: "{later}"; allowed: from 2024-10-01 to {last}'):
        load_scenario("november-2024", {"as_of": later})


# Documents

COUNTED = r"claims|origins|sources|statements|events|rows|scenarios"
NUMBER = r"\d[\d,]*|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_types_a_number_of_rows_or_scenarios(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
        text = "\n".join("".join(cell["source"]) for cell in cells)
    assert re.findall(rf"\b(?:{NUMBER}) (?:public |other )?(?:{COUNTED})\b", text, re.IGNORECASE) == []


def test_the_deployment_is_disputed_in_november_2024_and_known_since_it_was_admitted(ledger: Ledger) -> None:
    for day, word in (("2024-11-24", "disputed"), ("2025-04-27", "disputed"), ("2025-04-28", "known")):
        found = {one.question: one.word for one in standings(ledger.as_of(day))}
        assert found["present"] == word
        assert set(found.values()) <= {"known", "claimed", "disputed", "unknown"}
