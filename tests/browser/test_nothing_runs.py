"""Script in every name, label, caption, file name and answer, on every page and view: nothing runs, nobody is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from graph.store import Store
from ingest.submit import Options, submit
from ingest.worker import stop_worker, work
from share.channels import add
from tests import make_findings, payloads
from tests import planted as orders
from tests.browser import drawn
from tests.browser.planting import HERE as HERE
from tests.browser.planting import KEY, Planted
from tests.browser.planting import planted as planted
from tests.browser.walked import Walk, walking
from tests.fake_openai import Words


@pytest.fixture
def walk(browser: Browser, planted: Planted) -> Iterator[Walk]:
    """Ends with nothing having happened."""
    with walking(browser, planted.app.url) as walked:
        yield walked
    assert planted.trap.asked == []


def test_there_are_forty_and_more_and_each_is_another() -> None:
    assert len({*payloads.PAYLOADS}) == len(payloads.PAYLOADS) >= 40


def test_what_runs_loads_or_is_alive_is_noticed(browser: Browser) -> None:
    """A page that shows it as HTML: otherwise nothing of what follows could fail."""
    leak = "".join(("<h1>planted</h1>", *(payloads.PAYLOADS[n] for n in (0, 6, 7, 8, 35))))
    with pytest.raises(AssertionError, match="hacked"), walking(browser, "http://app.example") as walk:
        walk.page.route("**/planted.png", lambda route: route.abort())
        walk.page.route("**/leak", lambda route: route.fulfill(body=leak, content_type="text/html"))
        walk.page.goto("http://app.example/leak")
        expect(walk.page.locator("img")).to_have_count(3)
        walk.page.wait_for_load_state("load")
        walk.note_alive()
        assert walk.happened.ran and walk.happened.dialogs and walk.happened.asked and walk.happened.alive
        assert {"img", "a"} <= {each.partition("<")[2].partition(" ")[0] for each in walk.happened.alive}


def test_explore_in_all_its_views(walk: Walk, planted: Planted) -> None:
    page, hub = walk.page, planted.hub
    walk.open(f"explore?entity={hub}")
    drawn.wait_until_still(page)
    labels = drawn.names(page)
    assert sum("planted" in name or "hacked" in name for name in labels) > 10
    for name in labels[:12]:
        page.mouse.move(*drawn.at(page, name))
    page.locator("[data-tool=names]").click()
    drawn.ask(page, "canvas.cy.nodes().forEach((node) => { node.select(); canvas.chosen(); node.unselect() })")
    page.get_by_placeholder("Find in the picture").fill("<script")
    walk.look()
    for view in ("groups", "table", "timeline", "map"):
        walk.open(f"explore?entity={hub}&view={view}")
    walk.over(page.locator(".wk-point"))
    walk.open("explore?view=groups")
    drawn.wait_until_still(page)
    page.mouse.click(*drawn.at(page, drawn.names(page)[0]))
    expect(page.get_by_role("button", name="The whole")).to_be_visible()
    walk.look()
    walk.open(f"explore?entity={hub}&with={planted.other}")
    walk.open(f"explore?entity={planted.other}&to={hub}")
    walk.open("explore")
    page.get_by_placeholder("Search for a person, place or thing").fill("hacked")
    walk.over(page.locator(".st-key-explore-search-found button"), 3)
    walk.look()


def test_the_picture_that_is_taken_away(walk: Walk, planted: Planted) -> None:
    page = walk.page
    walk.open(f"explore?entity={planted.hub}")
    drawn.wait_until_still(page)
    with page.expect_download() as png:
        page.locator("[data-tool=png]").click()
    assert png.value.path().read_bytes()[:4] == b"\x89PNG"
    with page.expect_download() as svg:
        page.locator("[data-tool=svg]").click()
    drawing = svg.value.path().read_text(encoding="utf-8")
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(drawing).iter()}
    assert tags <= {"svg", "rect", "g", "line", "path", "text", "title", "image", "circle", "polygon", "style"}, tags
    assert "planted" in drawing
    # It is opened as a page of its own: there, too, nothing may run.
    page.route("**/kept.svg", lambda route: route.fulfill(body=drawing, content_type="image/svg+xml"))
    page.goto(f"{planted.app.url}/kept.svg")
    expect(page.locator("text").first).to_be_attached()


def test_correcting_and_merging(walk: Walk, planted: Planted) -> None:
    page, other = walk.page, planted.other
    dialog = page.get_by_role("dialog")
    walk.open(f"explore?entity={other}")
    page.locator("summary", has_text="Put together").first.click()
    for deed in (
        "Change the name",
        "Change the kind",
        "Further names",
        "Put together with another",
        "Split off",
        "Add a claim",
    ):
        page.get_by_role("button", name="Correct", exact=False).first.click()
        page.get_by_text(deed, exact=False).last.click()
        expect(dialog).to_be_visible()
        walk.look()
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    page.locator("[class*=st-key-retract-] button").first.click()
    expect(dialog).to_be_visible()
    walk.look()
    page.keyboard.press("Escape")
    walk.open("explore")
    page.locator(".st-key-same-open summary").click()
    page.locator(f".st-key-same-yes-{planted.pair} button").click()
    expect(dialog).to_be_visible()
    walk.look()
    walk.open("history")
    walk.open(f"history?entity={other}")


def test_the_library_and_the_reader(walk: Walk, planted: Planted) -> None:
    page, here = walk.page, planted
    walk.open("library?show=unread", seen="")
    walk.open("library")
    page.locator("[class*=st-key-delete-] button").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    walk.look()
    walk.open(f"library?document={here.text}")
    walk.over(page.locator(".text mark, .st-key-beside-named a"))
    for more in ("", "&as=both", "&as=text", f"&region={quote(here.payloads[6])}", f"&claim={quote(here.payloads[0])}"):
        walk.open(f"library?document={here.picture}{more}")
    walk.open(f"library?document={here.picture}")
    regions = page.locator("button.region")
    expect(regions.first).to_be_visible()
    for n in range(min(8, regions.count())):
        regions.nth(n).focus()
    walk.look()


def test_questions_and_their_evidence(walk: Walk, planted: Planted) -> None:
    page, asked = walk.page, quote(payloads.QUESTION)
    walk.open(f"?q={asked}")
    walk.over(page.locator(".wk-n"))
    page.locator(".st-key-ask-narrow summary").click()
    walk.look()
    walk.open(f"?q={quote('What are the main themes?')}&mode=global")
    one, other = (planted.payloads[n] for n in (6, 13))
    walk.open(f"?q={quote(f'How is {payloads.HUB} connected with {other}?')}&mode=path")
    query = quote("MATCH (s:Statement)-[:SUBJECT]->(e:Entity) RETURN e.name, s.text LIMIT 40")
    walk.open(f"?q={asked}&mode=cypher&query={query}", seen="")
    expect(page.locator("[data-testid=stDataFrame]").first).to_be_visible()
    walk.look(seen="")
    only = f"only={quote(one)}&kind={quote(one)}&from={quote(one)}&written={quote(one)}"
    for address in (
        f"?q={quote(one)}&{only}",
        f"?q={quote(one)}&model={quote(one)}",
        f"?q={quote(one)}&mode={quote(one)}",
    ):
        walk.open(address)
    for address in (
        "explore?entity=",
        "explore?group=",
        "library?document=",
        "add?job=",
        "models?lang=",
        "explore?view=",
    ):
        walk.open(address + quote(one), seen="")


def test_models_that_say_it(walk: Walk, planted: Planted) -> None:
    page, asked = walk.page, quote(payloads.QUESTION)
    walk.open(f"?q={asked}&model=gpt-4o-mini")
    page.get_by_role("button", name="Ask GPT-4o mini").click()
    expect(page.get_by_role("button", name="Write again")).to_be_visible()
    expect(page.locator(".wk-answer")).to_contain_text("hacked=40")
    walk.look()
    walk.open(f"compare?q={asked}&c=gpt-4o-mini@auto&c=none@graph")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_role("button", name="As a table (CSV)")).to_be_visible()
    expect(page.locator(".wk-answer").first).to_contain_text("hacked=40")
    walk.look()
    walk.open("models", seen="hacked")


def test_what_arrives_and_what_is_described(walk: Walk, planted: Planted, tmp_path: Path) -> None:
    page, wicked = walk.page, planted.payloads
    files = []
    for n, name in enumerate(
        ("<img src=planted.x onerror=hacked=60>.txt", "![planted](planted.png).md", "<svg onload=hacked=61>.exe")
    ):
        path = tmp_path / name
        path.write_bytes(f"{wicked[n]} planted".encode() if n < 2 else b"\x00\x01planted")
        files.append(path)
    page.goto(f"{planted.app.url}/add")
    page.locator("input[type=file]").set_input_files(files)
    expect(page.get_by_role("button", name="Import 2 documents")).to_be_visible()
    walk.look()
    with Store(planted.app.settings) as store:
        job = store.queue.jobs(HERE)[0].id
    walk.open(f"add?job={job}")
    picture = tmp_path / "<img src=planted.x onerror=hacked=62> planted.png"
    Image.new("RGB", (300, 200), "#d8c9a8").save(picture)
    page.goto(f"{planted.app.url}/describe")
    page.locator("input[type=file]").set_input_files(picture)
    expect(page.locator(".st-key-describe-picture img")).to_be_visible()
    page.get_by_role("button", name="Describe", exact=True).click()
    expect(page.get_by_role("heading", name="What the model saw")).to_be_visible()
    walk.look("hacked")


def test_findings_and_what_is_sent_of_them(walk: Walk, planted: Planted) -> None:
    page, wicked = walk.page, planted.payloads
    every = " ".join(("planted", *wicked))
    with Store(planted.app.settings) as store:
        first, second = make_findings.finding().evidence
        pieces = (
            replace(first, title=wicked[6], quote=every, attribution=wicked[9]),
            replace(second, written_by=every),
        )
        words = {"note": every, "question": every, "answer": every, "model": wicked[8], "who": wicked[10]}
        made = make_findings.finding(title=f"planted {wicked[6]}", said=(), evidence=pieces, **words)
        kept = store.findings.put(made)
    add(replace(planted.app.settings, allow_private=True), f"planted {wicked[7]}"[:60], "teams", planted.trap.url("/"))
    walk.open("findings")
    page.get_by_text("Channels", exact=True).click()
    walk.look()
    walk.open(f"findings?finding={kept}")
    walk.over(page.locator(".wk-n"))
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".st-key-send-preview")).to_be_visible()
    walk.look()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    walk.look()
    walk.open(f"findings?finding={quote(wicked[0])}", seen="")


def test_a_model_that_obeys_says_words(walk: Walk, planted: Planted, tmp_path: Path) -> None:
    """Orders that strangers planted in documents are obeyed: all that comes of it is words."""
    page, server, trap, settings = walk.page, planted.server, planted.trap, planted.app.settings
    orders.write(tmp_path, trap.url(""))
    with Store(settings) as store:
        submit(store, settings, [tmp_path], Options())
        stop_worker(settings)
        work(settings, idle=0.1)
    asked, before = len(server.chats()), server.default
    server.default = lambda asked: Words(" ".join(orders.obeyed(asked.prompt, trap.url(""))))
    walk.open(f"?q={quote(orders.QUESTION)}&model=gpt-4o-mini", seen="")
    page.get_by_role("button", name="Ask GPT-4o mini").click()
    answer = page.locator(".wk-answer")
    expect(answer).to_contain_text("on the moon")
    expect(page.locator(".wk-unsupported").first).to_be_visible()
    expect(page.get_by_role("button", name="Write again")).to_be_visible()
    assert answer.locator("img, script, iframe, form, svg").count() == 0
    elsewhere = f"[src*=':{trap.port}'], [href*=':{trap.port}'], [href*=evil], [href^=javascript]"
    assert page.locator(elsewhere).count() == 0
    assert page.evaluate("window.hacked") is None
    assert KEY not in page.content()
    walk.look(seen="")
    assert len(server.chats()) == asked + 1
    server.default = before
