"""Finding the way through the page, and from a number to what it rests on."""

from playwright.sync_api import expect

from browser.looking import PHONE, TABLET, number


def test_the_contents_follow_the_reader(november, visit):
    page = visit(november)
    current = page.locator("#TOC a[aria-current]")
    assert current.count() == 0
    for section, name in (("sec-losses", "4 Losses"), ("sec-record", "10 How we know")):
        page.evaluate(f"document.getElementById('{section}').scrollIntoView()")
        expect(current).to_have_count(1)
        expect(current).to_have_text(name)
        expect(current).to_be_in_viewport()


def test_the_contents_hold_what_stands_before_the_first_section(november, visit):
    names = visit(november).locator("#TOC a").all_inner_texts()
    assert names[:3] == ["In brief", "1 What happened", "2 How many, and who says so"]


def test_on_a_phone_the_contents_fold_and_unfold(november, visit):
    page = visit(november, PHONE)
    link = page.locator("#TOC").get_by_role("link", name="6 Money")
    expect(link).to_be_hidden()
    page.locator("#TOC summary").focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(page.locator("#TOC summary")).to_be_focused()
    page.locator("#TOC summary").tap()
    link.tap()
    expect(link).to_be_hidden()
    expect(page.locator("#sec-money > h1")).to_be_in_viewport()
    expect(page.locator("#TOC .here")).to_contain_text("Money")
    bar = page.locator("#TOC").bounding_box()
    assert page.locator("#sec-money > h1").bounding_box()["y"] >= bar["y"] + bar["height"] - 1


def test_a_number_shows_its_chain_on_hover_and_lets_the_pointer_in(latest, visit):
    page = visit(latest)
    shown = number(page, "losses.inferred")
    shown.hover()
    chain = page.get_by_role("dialog")
    expect(chain).to_be_visible()
    trace = page.locator("tr", has=page.locator("[id='trace-losses.inferred']"))
    cells = [" ".join(text.split()) for text in trace.locator("td").all_inner_texts()]
    expect(chain.locator(".value")).to_have_text(cells[0])
    expect(chain).to_contain_text(cells[1])
    expect(chain.locator(".kind")).to_have_text("inferred")
    rests_on = trace.locator("td").nth(3).get_by_role("link")
    assert chain.locator("li").count() == min(5, rests_on.count())
    first = page.locator(
        "tr", has=page.locator(f"[id='{rests_on.first.get_attribute('href')[1:]}']")
    ).locator("td")
    claim = chain.locator("li").first
    expect(claim).to_contain_text(first.nth(2).inner_text())
    expect(claim.locator(".grade")).to_have_text(first.nth(4).inner_text().split(":")[0])
    address = first.nth(5).get_by_role("link").get_attribute("href")
    assert claim.locator(f'a[href="{address}"]').count() == 1
    # The pointer may wander into it, slowly, and it stays.
    chain.hover()
    page.wait_for_timeout(500)
    expect(chain).to_be_visible()
    page.keyboard.press("Escape")
    expect(chain).to_be_hidden()


def test_a_chain_goes_when_the_pointer_leaves(november, visit):
    page = visit(november)
    number(page, "people.force").hover()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.mouse.move(5, 5)
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_number_shows_its_chain_by_keyboard(november, visit):
    page = visit(november)
    shown = number(page, "people.force")
    page.keyboard.press("Tab")
    shown.focus()
    chain = page.get_by_role("dialog")
    expect(chain).to_be_visible()
    expect(shown).to_be_focused()
    assert shown.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Enter")
    expect(chain).to_be_focused()
    page.keyboard.press("Tab")
    expect(chain.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Tab")
    assert chain.evaluate("element => element.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(chain).to_be_hidden()
    expect(shown).to_be_focused()
    assert shown.get_attribute("aria-expanded") == "false"


def test_a_screen_reader_hears_unit_and_range_after_a_number(latest, visit):
    page = visit(latest)
    shown = number(page, "losses.inferred")
    described = page.locator(f"[id='{shown.get_attribute('aria-describedby')}']")
    assert described.inner_text() == page.locator("[id='trace-losses.inferred']").inner_text()
    assert "people" in described.inner_text()


def test_a_tap_shows_the_chain_and_a_second_control_leads_to_its_row(november, visit):
    page = visit(november, PHONE)
    number(page, "people.force").tap()
    chain = page.get_by_role("dialog")
    expect(chain).to_be_in_viewport()
    assert page.url.endswith("report.html")
    chain.get_by_role("link", name="Its row in the chain of every number").tap()
    expect(chain).to_be_hidden()
    assert page.url.endswith("#trace-people.force")
    expect(page.locator("[id='trace-people.force']")).to_be_in_viewport()


def test_a_chain_stays_in_the_window(latest, visit):
    page = visit(latest, TABLET)
    for shown in page.locator("main a.num").all()[::17]:
        shown.scroll_into_view_if_needed()
        shown.click()
        box = page.get_by_role("dialog").bounding_box()
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= TABLET[0]
        assert box["y"] + box["height"] <= TABLET[1]
        page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_chain_in_a_low_window_scrolls_inside_itself(latest, visit):
    low = (1200, 420)
    page = visit(latest, low)
    shown = number(page, "losses.inferred")
    page.evaluate("element => scrollBy(0, element.getBoundingClientRect().top - 200)", shown.element_handle())
    shown.click()
    chain = page.get_by_role("dialog")
    box = chain.bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= low[1]
    last = chain.get_by_role("link").last
    last.focus()
    expect(last).to_be_in_viewport()


def test_without_script_a_number_leads_to_its_row(november, visit):
    page = visit(november, java_script_enabled=False)
    number(page, "people.force").click()
    assert page.url.endswith("#trace-people.force")
    expect(page.locator("[id='trace-people.force']")).to_be_in_viewport()
