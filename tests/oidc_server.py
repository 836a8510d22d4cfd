"""A provider of OpenID Connect on loopback: discovery, authorize, token, keys, signed id tokens.

People sign in there by a click on their name. It is strict: a code works once, for the redirect that asked for it and
with the verifier of its challenge (PKCE), and the client must know its secret.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "wunderkammer", "client secret of the tests"


@dataclass
class Provider:
    """The server: who can sign in (claims by name), and what it gave out."""

    url: str = ""
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}))

    def person(self, name: str, email: str, email_verified: bool = True, **claims: Any) -> None:
        self.people[name] = {"sub": name, "email": email, "email_verified": email_verified, "name": name, **claims}

    def variables(self) -> dict[str, str]:
        """What an app is told of it."""
        return {
            "WUNDERKAMMER_OIDC_URL": self.url,
            "WUNDERKAMMER_OIDC_CLIENT": CLIENT,
            "WUNDERKAMMER_OIDC_SECRET": SECRET,
        }

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "email", "profile"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """The page where somebody chooses who they are."""
        links = []
        for name in self.people:
            code = secrets.token_urlsafe(16)
            self.codes[code] = {**asked, "person": name}
            to = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
            links.append(f'<a href="{html.escape(to)}">{html.escape(name)}</a>')
        return "<!doctype html><title>Provider</title><h1>Who are you?</h1>" + "<br>".join(links)

    def token(self, given: dict[str, str], login: tuple[str, str]) -> dict[str, Any] | None:
        """Tokens for a code; None, with the reason noted, for whoever may not have them."""
        asked = self.codes.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        wrong = {
            "client": login != (CLIENT, SECRET),
            "code": asked is None,
            "redirect": asked is not None and asked["redirect_uri"] != given.get("redirect_uri"),
            "challenge": asked is not None and asked.get("code_challenge") != challenge,
        }
        if asked is None or any(wrong.values()):
            self.refused += [name for name, is_wrong in wrong.items() if is_wrong]
            return None
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 600, "nonce": asked.get("nonce")}
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims | self.people[asked["person"]], self.key)
        return {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": token, "expires_in": 600}


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that listens until the block ends."""
    running = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            at = urlsplit(self.path)
            if at.path == "/.well-known/openid-configuration":
                self._give(running.metadata())
            elif at.path == "/keys":
                self._give({"keys": [running.key.as_dict(private=False)]})
            elif at.path == "/authorize":
                self._give(running.authorize(_one(at.query)))
            else:
                self._give({"error": "not found"}, 404)

        def do_POST(self) -> None:
            given = _one(self.rfile.read(int(self.headers["content-length"])).decode())
            login = (given.get("client_id", ""), given.get("client_secret", ""))
            if (basic := self.headers.get("authorization", "")).startswith("Basic "):
                name, _, secret = base64.b64decode(basic[6:]).decode().partition(":")
                login = (unquote(name), unquote(secret))
            made = running.token(given, login)
            self._give(made or {"error": "invalid_grant"}, 200 if made else 400)

        def _give(self, what: dict[str, Any] | str, status: int = 200) -> None:
            content = what.encode() if isinstance(what, str) else json.dumps(what).encode()
            self.send_response(status)
            kind = "text/html" if isinstance(what, str) else "application/json"
            self.send_header("content-type", f"{kind}; charset=utf-8")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()


def _one(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
