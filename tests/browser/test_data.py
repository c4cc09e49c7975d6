"""Tables, figures in steps, and the data that readers and programs take away."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect


def visible_rows(page: Page) -> list[str]:
    return page.locator("#tbl-sources tbody tr:visible td:first-child").all_inner_texts()


def test_the_claims_are_sorted_by_a_column_s_button(latest, visit):
    page = visit(latest)
    before = visible_rows(page)
    head = page.locator("#tbl-sources th", has_text="Who says what")
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    says = page.locator("#tbl-sources tbody td:nth-child(3)").all_inner_texts()
    assert [text[:2].lower() for text in says] == sorted(text[:2].lower() for text in says)
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert page.locator("#tbl-sources tbody td:nth-child(3)").all_inner_texts() == says[::-1]
    page.keyboard.press("Enter")
    assert visible_rows(page) == before


def test_numbers_are_sorted_by_their_amount_among_those_of_their_unit(latest, visit):
    page = visit(latest)
    page.locator("#tbl-trace th", has_text="Number").get_by_role("button").click()
    sorted_by = page.locator("#tbl-trace [data-amount]").evaluate_all(
        "spans => spans.map((span) => [span.dataset.unit, Number(span.dataset.amount)])"
    )
    assert len({unit for unit, _ in sorted_by}) > 5
    assert sorted_by == sorted(sorted_by)


def test_the_claims_are_narrowed_by_words_and_a_link_to_a_hidden_one_shows_it_again(latest, visit):
    page = visit(latest)
    every = visible_rows(page)
    search = page.get_by_label("Filter the claims")
    search.fill("nis killed")
    told = page.locator("#tbl-sources [role=status]")
    kept = visible_rows(page)
    assert 0 < len(kept) < len(every)
    expect(told).to_have_text(f"{len(kept)} of {len(every)} rows")
    for text in page.locator("#tbl-sources tbody tr:visible").all_inner_texts():
        assert "nis" in text.lower()
        assert "killed" in text.lower()
    hidden = next(row for row in every if row not in kept)
    page.locator(f'#tbl-trace a[href="#claim-{hidden}"]').first.click()
    expect(page.locator(f"#claim-{hidden}")).to_be_in_viewport()
    assert visible_rows(page) == every
    search.fill("no such words at all")
    expect(told).to_have_text(f"0 of {len(every)} rows")


def test_without_script_tables_are_plain_and_whole(latest, visit):
    page = visit(latest, java_script_enabled=False)
    assert page.locator("#tbl-sources tbody tr").count() > 30
    expect(page.locator("#tbl-sources button, #tbl-sources input")).to_have_count(0)


def test_the_slider_steps_through_the_days(latest, visit):
    page = visit(latest)
    figure = page.locator("#fig-losses")
    slider = figure.get_by_role("slider", name="Known on")
    drawings = figure.locator("svg:visible")
    expect(drawings).to_have_count(1)
    told = slider.get_attribute("aria-valuetext")
    assert re.fullmatch(
        r"Known on 17\u00a0March\u00a02026, killed or wounded by then: [\d,]+ \([\d,]+ to [\d,]+\)", told
    )
    seen = [drawings.get_attribute("aria-label")]
    slider.focus()
    steps = figure.locator(".step").count()
    assert steps > 5
    for _ in range(steps - 1):
        page.keyboard.press("ArrowLeft")
        expect(drawings).to_have_count(1)
        seen.append(drawings.get_attribute("aria-label"))
    assert len(set(seen)) == steps
    told = "31\u00a0October\u00a02024 \u00b7 killed or wounded by then: no basis"
    expect(figure.get_by_role("status")).to_have_text(told)
    assert seen[-1].endswith("Killed or wounded by then: no basis.")
    ends = [box["height"] for box in (drawings.bounding_box(),)]
    page.keyboard.press("End")
    assert [drawings.bounding_box()["height"]] == ends


def test_without_script_or_claims_the_days_stand_beside_each_other(latest, november, visit):
    plain = visit(latest, java_script_enabled=False)
    expect(plain.locator("#fig-losses .whole")).to_be_visible()
    expect(plain.locator("#fig-losses .step").first).to_be_hidden()
    expect(visit(november).locator("#fig-losses").get_by_role("slider")).to_have_count(0)


def rows_of(page: Page, link) -> list[dict[str, str]]:
    with page.expect_download() as started:
        link.click()
    path = started.value.path()
    assert started.value.suggested_filename.endswith(".csv")
    return list(csv.DictReader(io.StringIO(Path(path).read_text("utf-8"))))


@pytest.mark.parametrize("script", [True, False])
def test_the_data_behind_a_figure_can_be_kept(latest, visit, script):
    page = visit(latest, java_script_enabled=script)
    rows = rows_of(page, page.locator("#fig-losses").get_by_role("link", name="Download the data (CSV)"))
    assert {row["known_on"] for row in rows} >= {"2025-01-31", "2026-03-17"}
    last = rows[-1]
    assert float(last["p05"]) < float(last["p50"]) < float(last["p95"])
    claims = rows_of(page, page.locator("#fig-claims").get_by_role("link", name="Download the data (CSV)"))
    assert {"claim_id", "value", "report_date", "reliability"} <= set(claims[0])


def test_all_numbers_can_be_kept_with_their_chain(latest, visit):
    page = visit(latest)
    rows = rows_of(page, page.get_by_role("link", name="Download all numbers (CSV)"))
    by_key = {row["key"]: row for row in rows}
    printed = page.locator("#tbl-trace tbody [id^=trace-]").evaluate_all(
        "all => all.map(one => one.id.slice(6))"
    )
    assert set(printed) <= set(by_key)
    fitted = by_key["losses.inferred"]
    assert float(fitted["low"]) < float(fitted["value"]) < float(fitted["high"])
    assert fitted["basis"] == "inferred"
    assert len(fitted["rests_on"].split(";")) > 5


def test_every_figure_with_data_offers_it(latest, visit):
    page = visit(latest)
    figures = page.locator("figure:has(.drawing)").count()
    assert page.locator("figure:has(.drawing) .download").count() == figures > 8


def test_programs_read_who_claimed_what_and_no_verdict(latest, visit):
    page = visit(latest)
    told = json.loads(page.locator('script[type="application/ld+json"]').inner_text())
    kinds = [entry["@type"] for entry in told["@graph"]]
    assert kinds[:2] == ["Report", "Dataset"]
    for entry in told["@graph"][:2]:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", entry["datePublished"])
        assert (entry.get("author") or entry["creator"])["name"]
    claims = told["@graph"][2:]
    assert len(claims) == page.locator("#tbl-sources tbody tr").count()
    for claim in claims:
        assert claim["@type"] == "Claim"
        assert claim["text"]
        assert claim["author"]["name"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", claim["datePublished"])
        assert page.locator(f"[id='{claim['@id'][1:]}']").count() == 1
    assert not re.search(r"ClaimReview|[Rr]ating|verdict", json.dumps(told))
