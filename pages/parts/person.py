"""Who is at this page: the person who signed in, or, where no sign-in is set up, whoever sits at this computer.

Signing in is Streamlit's (`st.login`, OpenID Connect). A person is known by an e-mail address that the provider has
verified; what they may do in which cabinet is looked up at every run of a page, so that it ends when it is taken away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import streamlit as st

from graph.errors import Missing
from graph.members import EVERYWHERE, NoEmailAddress, address
from graph.roles import Role
from graph.store import Store
from graph.types import Collection
from pages.language import say
from pages.parts.plain import escaped
from settings import Settings, addresses

_YES = (True, "true", "True", 1, "1")


class SignInBroken(Missing):
    en = (
        "Sign-in is set up for this app, but the server does not know of it, so nobody is let in. Start it by "
        "`make run`, and check `.streamlit/secrets.toml` where there is one; docs/team.md says how."
    )
    de = (
        "Für diese App ist eine Anmeldung eingerichtet, doch der Server kennt sie nicht; daher bleibt sie zu. Starten "
        "Sie ihn mit `make run` und prüfen Sie `.streamlit/secrets.toml`, falls vorhanden; siehe docs/team.md."
    )


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a page: a verified address, "" where no sign-in is set up; `roles` by id of the cabinet."""

    email: str = ""
    host: bool = True
    roles: Mapping[str, Role] | None = None

    @property
    def signed_in(self) -> bool:
        return bool(self.email)

    def role(self, collection: str) -> Role | None:
        """What they are in a cabinet; None where it is not open to them."""
        return Role.HOST if self.host else (self.roles or {}).get(collection)

    def open_to(self, every: list[Collection]) -> list[Collection]:
        """The cabinets that are open to them."""
        return [each for each in every if self.role(each.id) is not None]


AT_THIS_COMPUTER = Person()


def here(settings: Settings, store: Store) -> Person:
    """The person at this page. The page ends with a way to sign in where nobody is known. Raises SignInBroken."""
    if not configured(settings):
        return AT_THIS_COMPUTER
    if not st.user.get("is_logged_in"):
        _sign_in()
    email = verified(st.user.to_dict())
    if email is None:
        _not_verified()
    return known(settings, store, email)


def known(settings: Settings, store: Store, email: str) -> Person:
    """What somebody with a verified address may do. The first of all runs the installation, unless settings say who."""
    roles = store.members.roles(email)
    owners = {each.casefold() for each in addresses(settings.owners or "")}
    host = email in owners if owners else EVERYWHERE in roles or store.members.first_host(email) == email
    return Person(email, host, roles)


def configured(settings: Settings) -> bool:
    """Whether people have to sign in; raises SignInBroken rather than let everybody in by mistake."""
    known = "is_logged_in" in st.user
    files = [Path(each) for each in st.get_option("secrets.files") or ()]
    unreadable = any(each.exists() for each in files) and not st.secrets.load_if_toml_exists()
    if not known and (settings.oidc_url or settings.owners or unreadable):
        raise SignInBroken()
    return known


def verified(claims: Mapping[str, Any]) -> str | None:
    """The address of a person, where their provider says that it is theirs; None otherwise.

    `xms_edov` is what Microsoft's says instead of the standard's `email_verified`.
    """
    if not any(claims.get(name) in _YES for name in ("email_verified", "xms_edov")):
        return None
    try:
        return address(str(claims.get("email") or ""))
    except NoEmailAddress:
        return None


def _sign_in() -> NoReturn:
    st.title("Wunderkammer")
    st.html(f'<p class="wk-lead">{escaped(say("person.sign_in.about"))}</p>')
    st.button(say("person.sign_in"), key="person.sign_in", type="primary", icon=":material/login:", on_click=st.login)
    st.stop()


def _not_verified() -> NoReturn:
    st.title("Wunderkammer")
    st.html(f'<p class="wk-lead">{escaped(say("person.not_verified"))}</p>')
    sign_out()
    st.stop()


def nothing_open(person: Person) -> NoReturn:
    """What somebody sees to whom no cabinet is open; the page ends there."""
    st.title("Wunderkammer")
    st.html(f'<p class="wk-lead">{escaped(say("person.nothing_open", email=person.email))}</p>')
    sign_out()
    st.stop()


def sign_out() -> None:
    """The button that ends the visit."""
    st.button(
        say("person.sign_out"), key="person.sign_out", type="tertiary", icon=":material/logout:", on_click=st.logout
    )
