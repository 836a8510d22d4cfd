"""Authority files in a real browser: found, accepted, a link in the panel, undone; nothing that is sent runs."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Dialog, Page, expect

from graph.store import Store
from tests import authority_server as server
from tests.authority_server import Authorities
from tests.browser.conftest import App

Visit = Callable[..., Page]


def test_find_accept_and_undo(app: App, visit: Visit, authority: Authorities) -> None:
    dialogs: list[str] = []

    def note(opened: Dialog) -> None:
        dialogs.append(opened.message)
        opened.dismiss()

    with Store(app.settings) as store:
        worm = store.search.complete("Ole Worm", 1, ["default"])[0]
    authority.entries[server.GND] += [{**each, "name": f"{each['name']} Worm"} for each in server.HOSTILE]
    page = visit(f"{app.url}/explore?entity={worm.id}", locale="de-DE")
    page.on("dialog", note)
    page.get_by_role("button", name="In Normdateien suchen").click()
    dialog = page.get_by_role("dialog")
    host = f"127.0.0.1:{authority.port}"
    dialog.get_by_role("radio", name=host).or_(dialog.get_by_role("button", name=host, exact=True)).first.click()
    dialog.get_by_text("Nur Einträge der Art", exact=False).click()
    expect(dialog.get_by_text(f"Erst dieser Knopf sendet etwas, und nur dies, an {host}: „Ole Worm“.")).to_be_visible()
    assert authority.asked == [] and authority.manifests == 0

    # The page can be used while a slow service is waited for.
    authority.delay = 2.0
    dialog.get_by_role("button", name=f"{host} fragen").click()
    expect(dialog.get_by_text("wird gefragt", exact=False)).to_be_visible()
    dialog.get_by_role("button", name="Anhalten").click()
    expect(dialog.get_by_text("wird gefragt", exact=False)).to_have_count(0)
    authority.delay = 0.0
    dialog.get_by_role("button", name=f"{host} fragen").click()
    first = dialog.locator("[class*=st-key-authority-candidate]").filter(has_text="1588-1654")
    expect(first).to_contain_text("Punkte: 87,3")
    expect(dialog.get_by_text("<img src=x onerror=alert(1)> Worm", exact=False).first).to_be_visible()
    assert dialog.locator("img, script, a[href^=javascript]").count() == 0
    link = first.get_by_role("link", name="GND 118771531")
    expect(link).to_have_attribute("href", "https://lobid.org/gnd/118771531")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    first.get_by_role("button", name="Das ist es").click()

    told = page.get_by_role("status").filter(has_text="„Ole Worm“ ist dasselbe wie GND 118771531.")
    expect(told).to_be_visible()
    accepted = page.locator(".wk-entries").get_by_role("link", name="GND 118771531")
    expect(accepted).to_have_attribute("href", "https://d-nb.info/gnd/118771531")
    page.get_by_role("button", name="Rückgängig").first.click()
    expect(accepted).to_have_count(0)
    with Store(app.settings) as store:
        now = store.explore.entity(worm.id)
        assert now is not None and now.same_as == ()
    assert dialogs == []
