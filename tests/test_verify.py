"""A finished document that is not what was asked for is told from one that is, part by part."""

from pathlib import Path

import pytest
import typst

from briefing.render.verify import check_html, check_pdf

DIGEST = "0123456789"


def page(tmp_path: Path, body: str, digest: str = DIGEST) -> list[str]:
    path = tmp_path / "report.html"
    path.write_text(f'<meta name="briefing-digest" content="{digest}">{body}', encoding="utf-8")
    return check_html(path, DIGEST, "", "")


def pdf(tmp_path: Path, *pages: str, keywords: str = DIGEST, brief: bool = False) -> list[str]:
    source, path = tmp_path / "a.typ", tmp_path / "report.pdf"
    texts = "\n#pagebreak()\n".join(pages)
    source.write_text(f'#set document(keywords: ("{keywords}",))\n{texts}', encoding="utf-8")
    typst.compile(source, output=path)
    return check_pdf(path, DIGEST, "", brief)


def test_a_page_carries_its_digest_in_its_metadata_and_where_readers_see_it(tmp_path):
    missing = [f"does not carry the scenario digest {DIGEST}"]
    assert page(tmp_path, f"<p>{DIGEST}</p>") == []
    assert page(tmp_path, "<p>no digest</p>") == missing
    assert page(tmp_path, f"<style>/* {DIGEST} */</style>") == missing
    assert page(tmp_path, f"<p>{DIGEST}</p>", digest="another") == missing


def test_a_page_within_the_page_is_told(tmp_path):
    within = '<iframe srcdoc="<p>other</p>">'
    assert page(tmp_path, f"<p>{DIGEST}</p>{within}") == ["would run srcdoc of a iframe"]


def test_a_pdf_carries_its_digest_on_every_page_and_in_its_metadata(tmp_path):
    assert pdf(tmp_path, DIGEST, DIGEST) == []
    assert pdf(tmp_path, DIGEST, "no digest") == [f"page 2 does not carry the scenario digest {DIGEST}"]
    told = [f"its metadata does not carry the scenario digest {DIGEST}"]
    assert pdf(tmp_path, DIGEST, keywords="another") == told


@pytest.mark.parametrize("pages", [1, 3])
def test_a_brief_has_two_pages(tmp_path, pages):
    assert pdf(tmp_path, DIGEST, DIGEST, brief=True) == []
    told = [f"has {pages} pages, and a brief has 2"]
    assert pdf(tmp_path, *[DIGEST] * pages, brief=True) == told
