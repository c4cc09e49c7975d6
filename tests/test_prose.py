"""What the report says in each recorded run: short sentences, plain words, nothing later than its day.

The tests read pandoc's filled text; no notebook runs. `make snapshots` records the runs anew.
"""

import re
from calendar import month_name
from datetime import date
from statistics import median

import pytest
from said import ROOT, Paragraph, Said, names, said

from briefing.model.words import BANDS
from briefing.report.source import Element, read_source
from briefing.scenario import scenario_names
from briefing.scenario.editions import EDITIONS

LONGEST, MIDDLE = 35, 18
METHOD = "sec-method"
# Nobody reads these as sentences: lists of sources, and the record of what was used.
UNREAD = ("refs", "sec-appendix", "sec-parameters", "sec-trace", "sec-sources", "sec-corrections")

OLD = (
    "months under these assumptions",
    "there is no basis for a judgement",
    "no claim of the losses can be used",
    "different people serve within",
    "stay within an assumed pool",
    "the pay agreed over",
    "no usually reliable independent party",
    "no confidence is stated where nothing is judged",
    "units beyond the special-operations corps were seen to be sent",
    "the numbers of this scenario in one place",
    "nobody: assumed share",
    "first bodies behind it",
    "they are no toll",
    "claim became public",
    "claims became public",
    "the share of the scenario's draws",
    "deaths come before money",
    "unknown is printed as unknown",
    "different people follow from",
    "rows more are statements and context",
    "the ledger holds",
    "the newest claims on people sent or present",
    "sets every claim of the force beside",
    "that its own sources held are missing",
    "the corner of its own premises",
    "turns the claim around",
    "a flag and not a refusal",
    "stands beside the staggered one",
    "describe the same money at different hands",
    "a parameter here and not an adjective",
    "are the only part that grows",
    "which unknown is worth resolving first",
    "of the variance",
    "nothing in this scenario moves",
    "equally weighted draws",
    "times the consensus",
    "that its own body has replaced",
    "both may rest on",
    "must not be read from it",
    "bodies that are party to the war or its rivals",
    "known through statements only",
    "no evidence",
)
"""Lines that a reader could not follow, by the words that made them so; none may come back."""

MACHINERY = (
    "digest",
    "seed",
    "draws",
    "hazard",
    "P05",
    "P50",
    "P95",
    "PERT",
    "Sobol",
    "STANAG",
    "staggered",
    *(name for name in scenario_names(ROOT / "scenarios") if "-" in name and name not in EDITIONS),
)
"""Words of the method, which no reader needs before it."""

KNOWN = ("USD", "PDF", "HTML", "CSV", "II", "TV", "ICD", "STANAG", "PERT")
"""Capitals that need no glossary: files, a currency, names of standards."""

MONTHS = list(month_name)[1:]
DAY = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})\b")
MONTH = re.compile(rf"\b({'|'.join(MONTHS)}) (\d{{4}})\b")
ENDS = re.compile(r"(?<=[.!?])[\u201d\u2019)]?\s+(?=[\u201c\u2018(]?[A-Z0-9])")
SHORT = re.compile(r"\b(?:Mr|Mrs|Dr|Gen|Lt|Col|St|No|vs|e\.g|i\.e|[A-Z])\.\s")


def sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph.

    Examples
    --------
    >>> sentences("Kyiv counts 10,900. Gen. Kim leads them; nobody admits it.")
    ['Kyiv counts 10,900.', 'Gen. Kim leads them; nobody admits it.']
    """
    kept = SHORT.sub(lambda found: f"{found[0][:-1]}\0", text)
    return [one.replace("\0", " ").strip() for one in ENDS.split(kept) if one.strip()]


def words(sentence: str) -> int:
    return sum(any(map(str.isalnum, word)) for word in sentence.split())


def prose(one: Said) -> list[Paragraph]:
    """Return what is read as sentences."""
    return [
        paragraph
        for paragraph in one.paragraphs
        if paragraph.kind not in ("cell", "heading") and paragraph.section not in UNREAD
    ]


def lengths(paragraphs: list[Paragraph]) -> list[tuple[int, str]]:
    return [(words(told), told) for one in paragraphs for told in sentences(one.text)]


def without_numbers(text: str) -> str:
    return re.sub(r"\S*\d\S*", "", text)


def later(text: str, day: date) -> list[str]:
    """Return the days and months of a text that come after a day.

    Examples
    --------
    >>> later("On 24 November 2024, in December 2024 and in November 2024.", date(2024, 11, 24))
    ['December 2024']
    """
    found = [
        whole[0]
        for whole in DAY.finditer(text)
        if date(int(whole[3]), MONTHS.index(whole[2]) + 1, int(whole[1])) > day
    ]
    return found + [
        whole[0]
        for whole in MONTH.finditer(DAY.sub("", text))
        if (int(whole[2]), MONTHS.index(whole[1]) + 1) > (day.year, day.month)
    ]


def abbreviations(text: str) -> list[str]:
    """Return the abbreviations of a text in the order of first use; a type's number makes it a name.

    Examples
    --------
    >>> abbreviations("The NIS and HUR saw a KN-23; the NIS again")
    ['NIS', 'HUR']
    """
    return list(dict.fromkeys(re.findall(r"(?<![\w-])[A-Z]{2,}(?![\w-])", text)))


@pytest.fixture(params=names())
def one(request: pytest.FixtureRequest) -> Said:
    """What the report says in one recorded run."""
    return said(request.param)


def every() -> list[Said]:
    return list(map(said, names()))


def test_enough_runs_are_recorded_to_tell_the_cases_apart():
    assert {*EDITIONS} <= {*names()}
    assert len(names()) >= 14


def test_sentences_are_short(one: Said):
    counted = lengths(prose(one))
    assert median(count for count, _ in counted) <= MIDDLE
    long = [f"{count} words: {text}" for count, text in counted if count > LONGEST]
    assert not long, "\n".join(long)


def test_no_line_comes_back_that_nobody_could_follow(one: Said):
    text = re.sub(r"\s+", " ", one.text.lower().replace("\u2019", "'"))
    assert [line for line in OLD if line in text] == []


def test_no_word_of_the_method_stands_before_it(one: Said):
    found = [
        f"{paragraph.section}: {word}: {paragraph.text[:90]}"
        for paragraph in one.before(METHOD)
        for word in MACHINERY
        if re.search(rf"\b{re.escape(word)}\b", paragraph.text, 0 if word.isupper() else re.IGNORECASE)
    ]
    assert not found, "\n".join(found)


def test_an_abbreviation_is_spelled_out_where_it_comes_first_or_in_the_glossary(one: Said):
    glossary = one.of("sec-glossary")
    text = "\n".join(told.text for told in prose(one) if told.section != "sec-glossary")
    unknown = [
        name
        for name in abbreviations(text)
        if name not in KNOWN
        and name not in abbreviations(glossary)
        and not re.search(rf"\w \({name}\)", text[: text.index(name) + len(name) + 1])
    ]
    assert unknown == []


def test_no_later_day_is_printed(one: Said):
    told = [
        f"{found}: {part.text[:90]}" for part in prose(one) for found in later(_dated(part.text), one.day)
    ]
    assert not told, "\n".join(told)


def _dated(text: str) -> str:
    """A text without the one sentence that may name a later day: when the evidence was looked for."""
    return " ".join(part for part in sentences(text) if "looked for" not in part)


def test_likelihood_and_confidence_never_share_a_sentence(one: Said):
    bands = {band.word for some in BANDS.values() for band in some}
    shared = [
        told
        for part in prose(one)
        for told in sentences(part.text)
        if "confidence" in told.lower() and any(re.search(rf"\b{word}\b", told) for word in bands)
    ]
    assert shared == []


def test_nothing_is_left_unfilled(one: Said):
    assert not re.search(r"\{[.#{]|\]\{|:::|\bnan\b|\?@", one.text)
    assert one.words.title.strip()


def test_the_titles_differ_in_subject():
    told = {one.name: without_numbers(one.words.title) for one in every() if one.edition}
    days = {one.day: one.name for one in every() if one.edition}
    asked = [*EDITIONS, days.get(date(2025, 1, 31)), days.get(date(2025, 6, 30))]
    assert len({told.get(name, "") for name in asked}) == len(asked), told


# Cases


def cases_by_fact() -> dict[str, list[Element]]:
    """Return the cases of the report by the facts that they ask for."""
    found: dict[str, list[Element]] = {}
    for case in read_source(ROOT / "report.qmd").of_class.get("when", []):
        for key in (*case.named("fact"), *case.named("not")):
            found.setdefault(key, []).append(case)
    return found


def applies(case: Element, facts: dict[str, bool]) -> bool:
    return all(facts[key] for key in case.named("fact")) and not any(facts[key] for key in case.named("not"))


def test_each_fact_is_true_in_one_run_and_false_in_another():
    runs = every()
    constant = {
        key: held
        for key in cases_by_fact()
        if (held := {one.facts.get(key) for one in runs}) != {True, False}
    }
    assert constant == {}


def test_no_case_is_never_used():
    runs = [one.facts for one in every()]
    cases = read_source(ROOT / "report.qmd").of_class.get("when", [])
    never = [
        f"report.qmd:{case.line}: {case.text[:90]}"
        for case in cases
        if not any(applies(case, facts) for facts in runs)
    ]
    assert not never, "\n".join(never)
