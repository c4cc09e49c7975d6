"""The scenario: the only place where a parameter is defined, with its unit, range, default and source."""

import json
import re
import shlex
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from briefing.coverage import NEWEST, coverage_end
from briefing.formats import plain
from briefing.project.files import sha256
from briefing.scenario.editions import DEFAULT, EDITIONS, OWN_END, now_called
from briefing.scenario.values import CLAIMED, Arrival, Phase, Range, as_value, check_within

# A name becomes a folder, which Windows refuses to call as one of its devices.
NAME = re.compile(r"(?!(con|prn|aux|nul|(com|lpt)[0-9])$)[a-z0-9]+(-[a-z0-9]+)*")
NAMES = "lower-case letters, digits, single hyphens; not con, nul, com1 or another device of Windows"
# What is told about a scenario, beside the parameters that its values are; a file gives the texts of it.
TEXTS = ("title", "why")
# How its notebooks are run, which decides no result.
CONDUCT = ("cell_timeout",)
ABOUT = ("name", *TEXTS, "settings", *CONDUCT)
# Folders beside those of the scenarios: what notebooks make by hand, sweeps, comparisons, Quarto by hand.
RESERVED = ("by-hand", "sweeps", "comparisons", "by-quarto")
LONGEST_NAME = 60

Given = BeforeValidator(as_value)
_DAY = {"anyOf": [{"type": "string", "format": "date"}, {"const": NEWEST}]}


def _parameter(default: Any, meaning: str, unit: str, allowed: str, rests_on: str, **extra: Any) -> Any:
    return Field(
        default=default,
        validate_default=True,
        description=f"{meaning}.",
        json_schema_extra={"unit": unit, "allowed": allowed, "rests_on": rests_on, **extra},
    )


def _number(
    default: Any, meaning: str, unit: str, low: float, high: float, rests_on: str, word: str = ""
) -> Any:
    forms = f"as a number, as low/mode/high, or {word}" if word else "as a number or as low/mode/high"
    allowed = f"{plain(low)} to {plain(high)} {unit}, {forms}"
    extra = {"word": word} if word else {}
    return _parameter(default, meaning, unit, allowed, rests_on, low=low, high=high, **extra)


class Scenario(BaseModel):
    """Everything that a run may be told: a name, a reason, and every parameter of the model.

    A number may be exact or a `Range` (PERT). Each field carries its unit, its allowed range and what its
    default rests on: a claim of the ledger, a context row, or judgement.

    Examples
    --------
    >>> scenario = Scenario(name="example", title="Example", why="To show", pay="1500/2000/3000")
    >>> scenario.pay.mode, scenario.force, str(scenario.as_of)
    (2000.0, 'claimed', '2026-03-17')
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(description="The file's name without its ending.")
    title: str = Field(min_length=1, max_length=300, description="What a reader sees: 1 to 300 characters.")
    why: str = Field(min_length=1, description="Why somebody would run it, in a sentence or two.")
    settings: tuple[str, ...] = Field(
        default=(), exclude=True, description="The `--set` arguments that changed the file's scenario."
    )
    cell_timeout: Annotated[Annotated[int, Field(ge=1, le=86_400)] | None, Given] = Field(
        default=600,
        exclude=True,
        description="How long a cell of a notebook may take, in seconds; it decides no result.",
        json_schema_extra={"allowed": "1 to 86,400 whole seconds, or none for no limit"},
    )

    as_of: Annotated[date, WithJsonSchema(_DAY)] = _parameter(
        NEWEST,
        "Knowledge date: nothing reported later is used",
        "date",
        f"2024-10-01 to the ledger's coverage end, or {NEWEST} for that end",
        "the newest report date of claims, statements and events",
        word=NEWEST,
    )
    horizon: Annotated[float, Field(ge=1, le=60)] = _parameter(
        12.0, "Months counted from the knowledge date", "months", "1 to 60 months", "judgement"
    )
    force: Annotated[float | Range | Literal["claimed"], Given] = _number(
        CLAIMED,
        f"Standing force at the start; {CLAIMED} = lowest, median and highest of the bodies' newest own "
        "claims of people present, not older than 183 days",
        "persons",
        0,
        100_000,
        "claims of troops_present",
        CLAIMED,
    )
    arrivals: tuple[Arrival, ...] = _parameter(
        (),
        "Scheduled additions to the standing force",
        "month, persons",
        "a list of {month, persons}; months within the horizon, 0 to 100,000 persons each",
        "judgement",
    )
    tour: Annotated[float | Range | None, Given] = _number(
        Range(low=2, mode=4, high=12), "Tour length; none = no rotation", "months", 0.5, 36, "judgement"
    )
    count_rule: Literal["staggered", "block", "completed"] = _parameter(
        "staggered", "Who is counted under rotation", "", "staggered, block or completed", "judgement"
    )
    policy: Literal["hold", "decline"] = _parameter(
        "hold", "Whether losses are replaced (hold) or not (decline)", "", "hold or decline", "judgement"
    )
    hazard: Annotated[float | Range, Given] = _number(
        Range(low=0, mode=0.003, high=0.03),
        "Casualties (killed or wounded)",
        "per person-month",
        0,
        1.5,
        "judgement",
    )
    phases: tuple[Phase, ...] | None = _parameter(
        None,
        "Stretches of days with their own hazard; they replace the monthly hazard",
        "days, per person-day, persons",
        "none, or a list of {days, hazard, arrivals_after}; hazard 0 to 0.05 per person-day",
        "judgement",
    )
    killed_share: Annotated[float | Range, Given] = _number(
        Range(low=0.10, mode=0.25, high=0.35),
        "Killed as a share of casualties",
        "of casualties",
        0,
        1,
        "judgement, with later claims known",
    )
    return_share: Annotated[float | Range, Given] = _number(
        0.5, "Wounded who return to the force", "of wounded", 0, 1, "judgement, with later claims known"
    )
    return_lag: Annotated[float, Field(ge=0, le=12)] = _parameter(
        2.0, "Months until a wounded soldier returns", "months", "0 to 12 months", "judgement"
    )
    pool: Annotated[float | Range | Literal["claimed"], Given] = _number(
        CLAIMED,
        f"People available to be sent; {CLAIMED} = the newest estimate of the 11th Corps",
        "persons",
        1_000,
        1_300_000,
        "context kpa_11th_corps_strength",
        CLAIMED,
    )
    pay: Annotated[float | Range | Literal["claimed"], Given] = _number(
        CLAIMED,
        f"Payment to the state per soldier; {CLAIMED} = lowest, median and highest of the bodies' newest own "
        "claims, each of which stands until its body names another",
        "USD per person-month",
        0,
        15_000,
        "claims of pay_usd_per_soldier_month",
        CLAIMED,
    )
    signing: Annotated[float | Range, Given] = _number(
        0.0, "Payment per arrival", "USD per arrival", 0, 25_000, "judgement"
    )
    indirect_multiple: Annotated[float | Range, Given] = _number(
        0.0, "Allied-terms indirect benefit over the agreed pay", "times agreed", 0, 5, "judgement"
    )
    received_share: Annotated[float | Range, Given] = _number(
        Range(low=0.04, mode=0.12, high=1),
        "Part of the agreed sum that is received",
        "of agreed",
        0,
        1,
        "judgement, with later claims known",
    )
    kept_share: Annotated[float | Range, Given] = _number(
        Range(low=0, mode=0.10, high=0.35),
        "Part of the pay that reaches the household",
        "of pay",
        0,
        1,
        "judgement, with later claims known",
    )
    death_payment: Annotated[float | Range, Given] = _number(
        0.0, "Payment to the state per soldier killed", "USD per killed", 0, 200_000, "judgement"
    )
    origin_cap: Annotated[int, Field(ge=1, le=10)] = _parameter(
        1, "Votes that one origin may cast, however often it is repeated", "votes", "1 to 10", "judgement"
    )
    grades_allowed: Annotated[str, Field(pattern=r"^[A-F](-[A-F])?$")] = _parameter(
        "A-D",
        "Source letters that may count",
        "letters",
        "a letter or a rising span of letters, A to F",
        "judgement",
    )
    drop_superseded: bool = _parameter(
        True,
        "Leave out claims that a later one of the same origin replaced",
        "",
        "true or false",
        "judgement",
    )
    yardstick: Literal["icd203", "phia"] = _parameter(
        "icd203", "Scale of likelihood words", "", "icd203 or phia", "judgement"
    )
    draws: Annotated[int, Field(ge=1_000, le=1_000_000)] = _parameter(
        20_000, "Monte Carlo draws", "draws", "1,000 to 1,000,000", "judgement"
    )
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = _parameter(
        20241124, "Seed of the draws", "", "any whole number from 0", "judgement"
    )

    @field_validator("name")
    @classmethod
    def _plain_name(cls, name: str) -> str:
        if not NAME.fullmatch(name) or len(OWN_END.sub("", name)) > LONGEST_NAME:
            raise ValueError(f"at most {LONGEST_NAME} characters: {NAMES}")
        if name in RESERVED:
            raise ValueError("another name; this one is a folder of its own beside the scenarios'")
        if now := now_called(name):
            raise ValueError(f"another name; this one was an earlier version's, and is now `{now}`")
        return name

    @field_validator("horizon", "return_lag", mode="before")
    @classmethod
    def _whole_is_number(cls, given: Any) -> Any:
        return float(given) if isinstance(given, int) and not isinstance(given, bool) else given

    @field_validator("as_of", mode="before")
    @classmethod
    def _iso_date(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        return coverage_end() if given.strip().lower() == NEWEST else date.fromisoformat(given)

    @field_validator("arrivals", "phases", mode="before")
    @classmethod
    def _list_is_tuple(cls, given: Any) -> Any:
        given = as_value(given)
        return tuple(given) if isinstance(given, list) else given

    @field_validator("as_of")
    @classmethod
    def _within_coverage(cls, as_of: date) -> date:
        first, last = date(2024, 10, 1), coverage_end()
        if not first <= as_of <= last:
            raise ValueError(f"from {first} to {last}, the end of the ledger's coverage")
        return as_of

    @field_validator("grades_allowed")
    @classmethod
    def _rising(cls, grades: str) -> str:
        if grades[0] > grades[-1]:
            raise ValueError("no letter is in it")
        return grades

    @field_validator("*")
    @classmethod
    def _in_range(cls, value: Any, info: ValidationInfo) -> Any:
        extra = cls.model_fields[str(info.field_name)].json_schema_extra
        if isinstance(extra, dict) and "high" in extra:
            check_within(value, extra["low"], extra["high"])  # type: ignore[arg-type]
        return value

    # What must fit together is checked field by field, each against those declared before it, so that it is
    # reported together with every other problem. The message begins with the parameter to change.

    @field_validator("arrivals")
    @classmethod
    def _within_horizon(cls, arrivals: tuple[Arrival, ...], info: ValidationInfo) -> tuple[Arrival, ...]:
        horizon = info.data.get("horizon")
        if late := [entry.month for entry in arrivals if horizon is not None and entry.month > horizon]:
            raise ValueError(f"arrivals: month {late[0]:g} is after the horizon of {horizon:g} months")
        return arrivals

    @field_validator("policy")
    @classmethod
    def _no_rotation_in_decline(cls, policy: str, info: ValidationInfo) -> str:
        if policy == "decline" and info.data.get("tour") is not None:
            raise ValueError(
                "tour: with policy decline nobody is replaced, so there is no rotation; allowed: none"
            )
        return policy

    @field_validator("phases")
    @classmethod
    def _one_kind_of_hazard(
        cls, phases: tuple[Phase, ...] | None, info: ValidationInfo
    ) -> tuple[Phase, ...] | None:
        if phases is not None and info.data.get("hazard", 0) != 0:
            raise ValueError("hazard: phases replace the monthly hazard; allowed beside phases: 0")
        return phases

    @classmethod
    def parameters(cls) -> dict[str, Any]:
        """Return the model's parameters by name, as pydantic fields with unit, meaning, range and source."""
        return {name: field for name, field in cls.model_fields.items() if name not in ABOUT}

    def values(self) -> dict[str, Any]:
        """Return every parameter as plain JSON values: what a notebook's parameters cell receives."""
        plain: dict[str, Any] = self.model_dump(mode="json", exclude=set(ABOUT))
        return plain

    @property
    def edition(self) -> bool:
        """Whether it is an edition of the project: unchanged, or what is known now with another day alone.

        Examples
        --------
        >>> from briefing.scenario import load_scenario
        >>> [load_scenario(settings=one).edition for one in ({}, {"as_of": "2025-01-31"}, {"pay": 1})]
        [True, True, False]
        """
        if not self.settings:
            return self.name in EDITIONS
        return OWN_END.sub("", self.name) == DEFAULT and {s.partition("=")[0] for s in self.settings} == {
            "as_of"
        }

    @property
    def command(self) -> str:
        """The command that makes this scenario's briefing again."""
        if not self.settings:
            return f"briefing render {self.name}"
        base = self.name.rpartition("-")[0]
        return " ".join([f"briefing render {base}", *(f"--set {shlex.quote(s)}" for s in self.settings)])

    @property
    def digest(self) -> str:
        """The fingerprint of the resolved scenario: ten hexadecimal digits over name, text and parameters."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return sha256(canonical)[:10]
