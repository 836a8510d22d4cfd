"""Roles on the pages: what a reader, an editor, an owner is offered, and that who signs in is who did it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from graph.members import EVERYWHERE
from graph.roles import Role
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from pages.parts.person import verified
from settings import Settings
from tests.page_homes import page_home
from tests.test_pages import ENTRY, fill, words

AUTH = {"auth": {"redirect_uri": "http://localhost:8501/oauth2callback", "cookie_secret": "c" * 40, "client_id": "c",
                 "client_secret": "s", "server_metadata_url": "http://localhost:1/openid"}}  # fmt: skip
HOST, OWNER, EDITOR, READER = (f"{name}@example.org" for name in ("host", "owner", "editor", "reader"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with page_home(tmp_path_factory.mktemp("roles")) as settings:
        fill(settings, tmp_path_factory.mktemp("sources"))
        with Store(settings) as store:
            for email, role in ((OWNER, Role.OWNER), (EDITOR, Role.EDITOR), (READER, Role.READER)):
                store.members.put(DEFAULT_COLLECTION, email, role, HOST)
        yield settings


@pytest.fixture(autouse=True)
def at_home(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(filled.home))
    monkeypatch.setenv("WUNDERKAMMER_OWNERS", f" {HOST.upper()} , other@example.org")


def visit(page: str, email: str | None, verified: bool = True, **address: str) -> AppTest:
    app = AppTest.from_file(ENTRY, default_timeout=60)
    app.secrets = AUTH
    signed_in = {"is_logged_in": True, "email": email, "email_verified": verified}
    app.user = signed_in if email else {"is_logged_in": False}
    app.query_params.update(address)
    app.switch_page(f"pages/{page}.py")
    return app.run()


def labels(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def test_nobody_gets_in_without_signing_in(filled: Settings) -> None:
    for page in ("ask", "library", "cabinets", "models"):
        app = visit(page, None)
        assert labels(app) == {"Sign in"} and "globe" not in words(app).lower()
        assert "globe" not in words(visit(page, "nobody@example.org")).lower()
        assert labels(visit(page, "nobody@example.org")) == {"Sign out"}
        assert "does not say" in words(visit(page, HOST, verified=False))


@pytest.mark.parametrize("claims", [{}, {"email_verified": False}, {"email_verified": "no"}, {"email": "no address"}])
def test_only_a_verified_address_is_believed(claims: dict[str, Any]) -> None:
    given = {"email": "Ada@Example.org", "email_verified": True}
    assert verified(given) == "ada@example.org"
    assert verified({"email": "a@b.example", "xms_edov": "1"}) == "a@b.example"
    assert verified({"email": "a@b.example"} | claims if "email" not in claims else given | claims) is None


def test_what_each_role_is_offered(filled: Settings) -> None:
    with Store(filled) as store:
        entity = store.search.complete("Bösch", 1, [DEFAULT_COLLECTION])[0].id
    offered = {
        email: {
            "add": bool(visit("add", email).text_area),
            "correct": any(each.key == "identified.find" for each in visit("explore", email, entity=entity).button),
            "delete": "Delete" in labels(visit("library", email)),
            "invite": any("Invite" in each for each in labels(visit("cabinets", email))),
            "make": any("New cabinet" in each for each in labels(visit("cabinets", email))),
            "keys": any("key" in each.label.lower() for each in visit("models", email).text_input),
        }
        for email in (READER, EDITOR, OWNER, HOST)
    }
    assert {email: {what for what, is_ in each.items() if is_} for email, each in offered.items()} == {
        READER: set(),
        EDITOR: {"add", "correct"},
        OWNER: {"add", "correct", "delete", "invite"},
        HOST: {"add", "correct", "delete", "invite", "make", "keys"},
    }


def test_who_signed_in_is_who_did_it(filled: Settings) -> None:
    app = visit("ask", EDITOR, q="Who built the globe?", mode="hybrid")
    app.button(key="keep.do").click().run()
    app.button(key="keep.save").click().run()
    with Store(filled) as store:
        (kept,) = store.findings.listed([DEFAULT_COLLECTION])
    assert kept.who == EDITOR
    assert "keep.do" not in {b.key for b in visit("ask", READER, q="Who built the globe?", mode="hybrid").button}


def test_whoever_is_first_runs_the_installation_where_nobody_is_named(store_target: Settings) -> None:
    with Store(store_target) as store:
        first = store.members.first_host("First@example.org")
        assert store.members.first_host("second@example.org") == first
        assert store.members.roles(first) == {EVERYWHERE: Role.HOST} and store.members.roles("second@example.org") == {}


def test_settings_that_the_server_does_not_know_of_let_nobody_in(
    filled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WUNDERKAMMER_OIDC_URL", "https://id.example.org")
    app = AppTest.from_file(ENTRY, default_timeout=60).run()
    assert "nobody is let in" in app.error[0].value and "globe" not in words(app)


def test_nobody_is_led_elsewhere_after_signing_in() -> None:
    from pages.parts.sign_in import _OWN

    good = ("/", "/library?document=ab&cabinet=cd", "/explore?q=%2F%2Fevil.example")
    bad = ("", "//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a b", "/\r\nSet-Cookie: x")
    assert [each for each in good if not _OWN.fullmatch(each)] == []
    assert [each for each in bad if _OWN.fullmatch(each)] == []


def test_sign_in_that_lacks_something_keeps_the_app_shut(tmp_path: Path) -> None:
    from pages.parts.sign_in import HalfSetUp, for_streamlit

    whole = Settings(home=tmp_path, oidc_url="https://id.example.org/", oidc_client="c", oidc_secret="s")
    made = for_streamlit(whole)
    assert made is not None and made["auth"]["server_metadata_url"].count("//") == 1
    assert made["auth"]["redirect_uri"] == "http://localhost:{port}/oauth2callback"
    assert for_streamlit(whole) == made and (tmp_path / "run" / "cookies").stat().st_mode & 0o077 == 0
    assert for_streamlit(Settings(home=tmp_path)) is None
    # Who names those who run it wants no app that is open to all.
    with pytest.raises(HalfSetUp, match="no sign-in"):
        for_streamlit(Settings(home=tmp_path, owners="ada@example.org"))
    with pytest.raises(HalfSetUp, match="WUNDERKAMMER_OIDC_SECRET"):
        for_streamlit(Settings(home=tmp_path, oidc_url="https://id.example.org", oidc_client="c"))


def test_a_click_of_somebody_who_may_no_longer_is_told_and_changes_nothing(filled: Settings) -> None:
    with Store(filled) as store:
        app = visit("cabinets", OWNER)
        try:
            store.members.put(DEFAULT_COLLECTION, OWNER, Role.EDITOR, HOST)
            app.button(key=f"members.drop.{READER}").click().run()
        finally:
            store.members.put(DEFAULT_COLLECTION, OWNER, Role.OWNER, HOST)
        assert not app.exception and ["owner" in each.value for each in app.toast] == [True]
        assert store.members.roles(READER) == {DEFAULT_COLLECTION: Role.READER}
