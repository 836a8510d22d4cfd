"""Fetching web addresses from a real server on loopback: what comes, where it may not go, and what never ends."""

from __future__ import annotations

import gzip
import ssl
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from graph.errors import SourceError, WunderkammerError
from ingest import web_errors
from ingest.fetch import MAX_REDIRECTS, clean_url, fetch, is_address
from settings import Settings
from tests.web_server import Web, web

PAGE = b"<!doctype html><title>Wunderkammer</title><p>Das Horn des Einhorns."
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.fixture
def served() -> Iterator[Web]:
    with web() as running:
        yield running


@pytest.fixture
def near(tmp_path: Path) -> Settings:
    """Settings that allow the test's own server."""
    return Settings(home=tmp_path, allow_private=True, max_file_mb=1)


@pytest.fixture
def far(tmp_path: Path) -> Settings:
    """Settings as people have them."""
    return Settings(home=tmp_path, max_file_mb=1)


def error_of(url: str, settings: Settings, **options: object) -> SourceError:
    with pytest.raises(SourceError) as caught, fetch(url, settings, **options):  # type: ignore[arg-type]
        pass
    return caught.value


def test_a_page_comes_as_a_file_that_is_gone_afterwards(served: Web, near: Settings) -> None:
    url = served.put("/dir/Blatt%20%C3%A4.html?seite=2", PAGE, "Text/HTML; charset=ISO-8859-1")
    with fetch(f"  {url}#anker ", near, accept=["text/html", "*/*;q=0.1"]) as got:
        assert got.path.read_bytes() == PAGE
        assert (got.final_url, got.media_type, got.charset) == (url, "text/html", "iso-8859-1")
        assert (got.name, got.size) == ("Blatt ä.html", len(PAGE))
        path = got.path
    assert not path.exists() and not path.parent.exists()
    (asked, headers) = served.asked[0]
    assert asked == "/dir/Blatt%20%C3%A4.html?seite=2"
    assert headers["host"] == f"127.0.0.1:{served.port}"
    assert headers["user-agent"].startswith("Wunderkammer/") and headers["accept"] == "text/html, */*;q=0.1"
    assert "cookie" not in headers and "referer" not in headers


def test_the_servers_name_for_a_file_is_only_a_name(served: Web, near: Settings) -> None:
    url = served.put("/x", b"%PDF-", "", Content_Disposition='attachment; filename="../../etc/Bericht.pdf"')
    with fetch(url, near) as got:
        assert (got.name, got.media_type, got.charset) == ("Bericht.pdf", "", "")
    url = served.put("/", PAGE)
    with fetch(url, near) as got:
        assert got.name == "127.0.0.1"


def test_redirects_are_followed_and_the_last_address_is_kept(served: Web, near: Settings) -> None:
    served.put("/ziel/seite", PAGE)
    for number, status in enumerate((301, 302, 303, 307, 308)):
        to = "../ziel/seite" if number == 4 else f"/von/{number + 1}"
        served.put(f"/von/{number}", b"", status=status, Location=to)
    with fetch(served.url("/von/0"), near) as got:
        assert got.final_url == served.url("/ziel/seite")
    assert len(served.asked) == MAX_REDIRECTS + 1


def test_endless_redirects_and_those_to_elsewhere_end(served: Web, near: Settings) -> None:
    served.put("/rund", b"", status=302, Location="/rund")
    assert error_of(served.url("/rund"), near).code == "TooManyRedirects"
    assert len(served.asked) == MAX_REDIRECTS + 1
    for target in ("file:///etc/passwd", "ftp://example.org/x", "gopher://x/", "http://u:p@example.org/", "http://["):
        served.put("/fort", b"", status=302, Location=target)
        problem = error_of(served.url("/fort"), near)
        assert problem.code == "AddressMalformed" and ":p@" not in problem.text()
    served.put("/ohne", b"", status=302)
    assert error_of(served.url("/ohne"), near).params["status"] == 302


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "0.0.0.0", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]",
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00::1]",
        "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1",
    ],
)  # fmt: skip
def test_private_addresses_are_refused_before_anything_is_sent(served: Web, far: Settings, host: str) -> None:
    served.put("/", PAGE)
    problem = error_of(served.url("/", host), far)
    assert problem.code == "AddressPrivate" and "WUNDERKAMMER_ALLOW_PRIVATE=1" in problem.text("de")
    assert served.asked == []


def test_a_name_is_looked_up_once_for_each_request_and_checked_whole(served: Web, far: Settings) -> None:
    """A name that means a public address when it is checked and a private one later (rebinding) gets nowhere."""
    served.put("/", PAGE)
    answers: list[tuple[str, ...]] = [("127.0.0.1",)]
    asked: list[str] = []

    def rebinding(host: str, port: int) -> tuple[str, ...]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    url = served.url("/", "museum.example")
    assert error_of(url, far, resolve=rebinding).code == "AddressPrivate"
    # Public first: the connection goes to what was checked (a documentation address, nobody there), not to a new look.
    answers[:], asked[:] = [("192.88.99.1",), ("127.0.0.1",)], []
    assert error_of(url, far, resolve=rebinding, seconds=1).code in {"HostUnreachable", "TooSlow"}
    assert asked == ["museum.example"]
    answers[:] = [("8.8.8.8", "127.0.0.1")]
    assert error_of(url, far, resolve=rebinding).code == "AddressPrivate"
    assert served.asked == []


def test_the_connection_goes_to_the_address_that_was_checked(served: Web, near: Settings) -> None:
    served.put("/", PAGE)
    with fetch(served.url("/", "museum.example"), near, resolve=lambda host, port: ("127.0.0.1",)) as got:
        assert got.final_url == served.url("/", "museum.example")
    assert served.asked[0][1]["host"] == f"museum.example:{served.port}"


def test_each_redirect_is_looked_up_and_checked_anew(served: Web, near: Settings) -> None:
    """The connection checks whatever it is asked for, see above; here, that no redirect goes past it."""
    served.put("/", b"", status=302, Location=served.url("/geheim", "intern.example"))
    served.put("/geheim", PAGE)
    hosts: list[str] = []

    def resolver(host: str, port: int) -> tuple[str, ...]:
        hosts.append(host)
        return ("127.0.0.1",) if host == "museum.example" else ()

    problem = error_of(served.url("/", "museum.example"), near, resolve=resolver)
    assert hosts == ["museum.example", "intern.example"]
    assert (problem.code, problem.params["host"]) == ("HostUnknown", "intern.example")
    assert [path for path, _ in served.asked] == ["/"]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "PageNotFound"), (410, "PageNotFound"), (401, "LoginNeeded"), (403, "LoginNeeded"), (429, "HostBusy"),
        (500, "HostBusy"), (503, "HostBusy"), (400, "AnswerUnexpected"), (204, "AnswerUnexpected"),
        (206, "AnswerUnexpected"),
    ],
)  # fmt: skip
def test_what_a_server_refuses_is_told_with_its_status(served: Web, near: Settings, status: int, code: str) -> None:
    problem = error_of(served.put("/x", b"", status=status), near)
    assert problem.code == code and str(status) in problem.text("de")


def test_no_server_and_no_such_name(served: Web, near: Settings) -> None:
    assert error_of("http://127.0.0.1:1/", near).code == "HostUnreachable"
    assert error_of("http://nirgends.invalid/", near, resolve=lambda host, port: ()).code == "HostUnknown"


@pytest.mark.parametrize(
    "url", ["http://", "https:///x", "http://a b/", "http://[::1/", "http://x:99999/", "http://u:secret@x.org/", "x"]
)
def test_what_is_no_address(near: Settings, url: str) -> None:
    problem = error_of(url, near)
    assert problem.code == "AddressMalformed" and "secret" not in problem.text()


def test_too_large_whatever_the_server_announces(served: Web, near: Settings) -> None:
    large = served.raw("/gross", HEAD + b"Content-Length: 99999999999\r\n\r\nx")
    assert error_of(large, near).code == "AnswerTooLarge"
    endless = served.raw("/endlos", HEAD + b"\r\n", b"x" * 65536, forever=True)
    assert error_of(endless, near).code == "AnswerTooLarge"
    assert error_of(served.put("/klein", b"x" * 2_000), near, max_mb=0).code == "AnswerTooLarge"


def test_a_gzip_bomb_is_refused_and_takes_no_memory(served: Web, near: Settings) -> None:
    bomb = served.put("/bombe", gzip.compress(bytes(200_000_000)), Content_Encoding="gzip")
    tracemalloc.start()
    assert error_of(bomb, near).code == "AnswerTooLarge"
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_packed_answers_are_unpacked(served: Web, near: Settings) -> None:
    bare = zlib.compressobj(wbits=-15)
    for encoding, body in (
        ("gzip", gzip.compress(PAGE)),
        ("x-gzip", gzip.compress(PAGE[:9]) + gzip.compress(PAGE[9:]) + bytes(8)),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", bare.compress(PAGE) + bare.flush()),
    ):
        with fetch(served.put("/gepackt", body, Content_Encoding=encoding), near) as got:
            assert got.path.read_bytes() == PAGE


def test_damaged_answers(served: Web, near: Settings) -> None:
    for body, encoding in ((gzip.compress(PAGE)[:-12], "gzip"), (b"\xff" * 90, "gzip"), (PAGE, "br")):
        assert error_of(served.put("/kaputt", body, Content_Encoding=encoding), near).code == "AnswerDamaged"
    assert error_of(served.raw("/kurz", HEAD + b"Content-Length: 500\r\n\r\nkurz"), near).code == "AnswerDamaged"
    assert error_of(served.raw("/quatsch", b"SSH-2.0-OpenSSH\r\n"), near).code == "AnswerDamaged"
    assert error_of(served.raw("/nichts"), near).code == "AnswerDamaged"
    assert error_of(served.put("/leer", b""), near).code == "AnswerEmpty"


def test_slow_servers_are_left(served: Web, near: Settings) -> None:
    """Each byte comes in time, and the whole never ends: in the body, and before it in the headers."""
    for path, pieces in (("/rumpf", [HEAD + b"\r\n", b"x"]), ("/kopf", [HEAD, b"X-A: b\r\n"])):
        begin = time.monotonic()
        problem = error_of(served.raw(path, *pieces, pause=0.1, forever=True), near, seconds=1.0)
        assert problem.code == "TooSlow" and time.monotonic() - begin < 3
        assert problem.params["seconds"] in {1, 2}


def test_a_server_that_does_not_speak_tls(served: Web, near: Settings) -> None:
    problem = error_of(f"https://127.0.0.1:{served.port}/", near)
    assert problem.code in {"CertificateBad", "HostUnreachable"}


def certificate(folder: Path, host: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate for a name, signed by itself, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    begin = datetime.now(UTC) - timedelta(days=1)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{host}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(signed.public_bytes(Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


def test_the_certificate_must_be_for_the_name_though_the_number_is_connected_to(
    tmp_path: Path, near: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, context = certificate(tmp_path, "museum.example")
    with web(context) as secure:
        secure.put("/", PAGE)
        own, other = (secure.url("/", host, "https") for host in ("museum.example", "anders.example"))
        problem = error_of(own, near, resolve=lambda host, port: ("127.0.0.1",))
        assert problem.code == "CertificateBad" and "self" in str(problem.params["detail"])
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        with fetch(own, near, resolve=lambda host, port: ("127.0.0.1",)) as got:
            assert (got.path.read_bytes(), got.final_url) == (PAGE, own)
        problem = error_of(other, near, resolve=lambda host, port: ("127.0.0.1",))
        assert problem.code == "CertificateBad" and "anders.example" in str(problem.params["detail"])
        assert len(secure.asked) == 1


def test_what_an_address_is() -> None:
    assert is_address("HTTPS://example.org") and is_address(" http://x ")
    assert not is_address("httpd.txt") and not is_address("C:/x") and not is_address(Path("http://x"))
    assert clean_url("http://u:p@x.org/a\n\u202eb") == "http://x.org/ab"


@pytest.mark.parametrize(
    "kind",
    [kind for kind in vars(web_errors).values() if isinstance(kind, type) and kind.__module__ == web_errors.__name__],
)
def test_errors_speak_both_languages(kind: type[WunderkammerError]) -> None:
    import string

    fields = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in (kind.en, kind.de)]
    assert fields[0] == fields[1] and kind.en != kind.de
