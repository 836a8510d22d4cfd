"""What the doctor looks at of sign-in: whether it is set up whole, and whether its provider answers and fits."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx

from graph.members import NoEmailAddress, address
from scripts.doctor_lines import BROKEN, LOOK, Line, well
from settings import LOOPBACK, Settings, addresses

_DISCOVERY = "/.well-known/openid-configuration"
_NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
"""What a provider must tell (OpenID Connect Discovery 1.0, section 3)."""
_SECONDS = 10.0
_SEE = ("docs/team.md says what each is.", "docs/team.md sagt, was jede ist.")


def sign_in(settings: Settings) -> Line | None:
    """How sign-in is; None where nobody asked for it. Asks the provider for what it tells of itself, no more."""
    named = {
        "WUNDERKAMMER_OIDC_URL": settings.oidc_url,
        "WUNDERKAMMER_OIDC_CLIENT": settings.oidc_client,
        "WUNDERKAMMER_OIDC_SECRET": settings.oidc_secret,
    }
    if not any(named.values()) and not (settings.owners and _nobody_signs_in()):
        return None
    missing = ", ".join(name for name, value in named.items() if not value)
    if missing:
        return Line("sign_in", BROKEN, (f"not set: {missing}", f"nicht gesetzt: {missing}"), _SEE)
    url = (settings.oidc_url or "").rstrip("/")
    url = url if url.endswith(_DISCOVERY) else url + _DISCOVERY
    provider = urlsplit(url).netloc.rpartition("@")[2]
    try:
        told = _told(url)
    except httpx.HTTPStatusError as problem:
        return _silent(provider, f"HTTP {problem.response.status_code}")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as problem:
        return _silent(provider, str(problem) or type(problem).__name__)
    lacking = ", ".join(name for name in _NEEDED if not told.get(name))
    return _silent(provider, f"no {lacking}") if lacking else _around(settings, provider)


def _told(url: str) -> dict[str, Any]:
    answer = httpx.get(url, timeout=_SECONDS, follow_redirects=True)
    answer.raise_for_status()
    told = answer.json()
    if not isinstance(told, dict):
        raise ValueError("not a JSON object")
    return told


def _silent(provider: str, detail: str) -> Line:
    detail = detail.splitlines()[0][:200]
    todo = (
        "Nobody can sign in like this. Correct WUNDERKAMMER_OIDC_URL, or look why the provider does not answer.",
        "So kann sich niemand anmelden. Berichtigen Sie WUNDERKAMMER_OIDC_URL, oder sehen Sie beim Anbieter nach.",
    )
    named = provider or "WUNDERKAMMER_OIDC_URL"
    en, de = f"{named} gives no sign-in: {detail}", f"{named} bietet keine Anmeldung: {detail}"
    return Line("sign_in", BROKEN, (en, de), todo)


def _around(settings: Settings, provider: str) -> Line:
    """What else people need to come back, and who then runs the installation."""
    if not settings.address:
        todo = (
            "Set WUNDERKAMMER_ADDRESS to the address that people open, such as https://cabinet.example.org.",
            "Setzen Sie WUNDERKAMMER_ADDRESS auf die Adresse, die aufgerufen wird, etwa https://cabinet.example.org.",
        )
        en, de = f"{provider} answers, and sends people back to localhost", f"{provider} antwortet, führt zu localhost"
        return Line("sign_in", LOOK, (en, de), todo)
    at = urlsplit(settings.address)
    if at.scheme != "https" and at.hostname not in LOOPBACK:
        todo = ("Put a proxy with TLS before it: docs/operation.md.", "Stellen Sie TLS davor: docs/operation.md.")
        en, de = f"{settings.address} is open to listeners", f"{settings.address} lässt sich abhören"
        return Line("sign_in", LOOK, (en, de), todo)
    strange = ", ".join(each for each in addresses(settings.owners or "") if not _is_address(each))
    if strange:
        todo = (
            "Write e-mail addresses into WUNDERKAMMER_OWNERS.",
            "Schreiben Sie E-Mail-Adressen in WUNDERKAMMER_OWNERS.",
        )
        return Line("sign_in", BROKEN, (f"no e-mail address: {strange}", f"keine E-Mail-Adresse: {strange}"), todo)
    if not settings.owners:
        todo = (
            "Set WUNDERKAMMER_OWNERS to the e-mail addresses of those who run the installation.",
            "Setzen Sie WUNDERKAMMER_OWNERS auf die E-Mail-Adressen derer, die die Installation betreiben.",
        )
        en = f"{provider} answers; whoever signs in first runs the installation"
        de = f"{provider} antwortet; wer sich zuerst anmeldet, betreibt die Installation"
        return Line("sign_in", LOOK, (en, de), todo)
    en, de = (
        "whether it takes the secret shows when somebody signs in",
        "ob er das Geheimnis annimmt, zeigt die Anmeldung",
    )
    return well("sign_in", f"{provider} answers; {en}", f"{provider} antwortet; {de}")


def _nobody_signs_in() -> bool:
    """Whether Streamlit's own secrets set up no sign-in either, as `pages.parts.sign_in.for_streamlit` asks."""
    from streamlit.auth_util import get_secrets_auth_section

    return not get_secrets_auth_section()


def _is_address(text: str) -> bool:
    try:
        return bool(address(text))
    except NoEmailAddress:
        return False
