"""Mails: headers, text, quoted replies; what is attached; malformed ones."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import SourceError
from ingest.mail import open_mail
from ingest.sources import read
from tests.make_web import mail
from tests.reading import LIMITS
from tests.test_html import blocks, check

HEADERS = (
    "From: Jürgen Möller <moeller@example.org>\nTo: archiv@example.org\nDate: Tue, 03 Mar 2020 10:00:00 +0100\n"
    "Subject: Über das Horn des Einhorns"
)
PLAIN = "Lieber Herr Worm,\ndas Horn ist der Zahn eines Narwals.\n\n> Ist es echt?\n>\n> > Ja.\n\nGrüße\n"


def test_a_mail(tmp_path: Path) -> None:
    path = mail(tmp_path / "a.eml", PLAIN, "<p>Die <b>gleichen</b> Worte", {"Bericht.pdf": b"%PDF-"})
    document = read(path, "a.eml", LIMITS)
    check(document)
    assert blocks(document) == [
        ("metadata", HEADERS, ()),
        ("paragraph", "Lieber Herr Worm,\ndas Horn ist der Zahn eines Narwals.", ()),
        ("paragraph", "> Ist es echt?", ()),
        ("paragraph", "> > Ja.", ()),
        ("paragraph", "Grüße", ()),
    ]
    assert document.title == "Über das Horn des Einhorns"
    assert document.attribution == "Jürgen Möller <moeller@example.org>"
    assert (document.media_type, document.language, len(document.pages)) == ("message/rfc822", "de", 1)


def test_html_is_read_where_there_is_no_plain_text(tmp_path: Path) -> None:
    for plain in (None, " \n"):
        document = read(mail(tmp_path / "a.eml", plain, "<style>x</style><p>Nur <b>HTML</b>"), "a.eml", LIMITS)
        assert [text for _, text, _ in blocks(document)] == [HEADERS, "Nur HTML"]


def test_attachments_and_what_is_none(tmp_path: Path) -> None:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "x@example.org", "Alte/Post"
    inner.set_content("innen")
    message = EmailMessage()
    message["From"] = "x@example.org"
    message.set_content("außen")
    message.add_attachment(inner)
    message.add_attachment(b"GIF89a", maintype="image", subtype="gif", cid="<logo>", disposition="inline")
    message.add_attachment(b"sig", maintype="application", subtype="pgp-signature", filename="signature.asc")
    message.add_attachment(b"Anhang", maintype="text", subtype="plain", filename="../../Ä.txt")
    message.add_attachment(b"namenlos", maintype="application", subtype="octet-stream")
    (tmp_path / "a.eml").write_bytes(message.as_bytes())
    found = {each.name: each.content for each in open_mail(tmp_path / "a.eml", "a.eml", 1).attachments()}
    assert set(found) == {"Alte-Post.eml", "Ä.txt", "attachment 3"}
    assert found["Ä.txt"] == b"Anhang" and b"Subject: Alte/Post" in found["Alte-Post.eml"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\n\nText", "Subject: Grüße\n\nText"),
        (b"Subject: =?nonsense?B?!!!?=\n\nText", "Subject: =?nonsense?B?!!!?=\n\nText"),
        (
            b"From: a\nContent-Type: text/plain; charset=nonsense\n\nGr\xfc\xdfe aus Ambras",
            "From: a\n\nGrüße aus Ambras",
        ),
        (b"From: a\nContent-Type: text/plain; charset=iso-8859-2\n\n\xa3\xf3d\xbc", "From: a\n\nŁódź"),
        (b"From: a\nContent-Type: multipart/mixed\n\nohne Grenze", "From: a\n\nohne Grenze"),
        (b"From: a\nContent-Transfer-Encoding: base64\n\nVGV4dA", "From: a\n\nText"),
        (b"\xef\xbb\xbfFrom: a\r\nX: b\r\n\r\nText\r\n\r\nmehr", "From: a\n\nText\n\nmehr"),
    ],
)
def test_mails_as_they_really_are(tmp_path: Path, raw: bytes, text: str) -> None:
    (tmp_path / "a").write_bytes(raw)
    assert read(tmp_path / "a", "a.eml", LIMITS).text == text


def nested(depth: int) -> bytes:
    lines = ["From: a"]
    for n in range(depth):
        lines += [f'Content-Type: multipart/mixed; boundary="b{n}"', "", f"--b{n}"]
    return "\n".join([*lines, "Content-Type: text/plain", "", "tief"]).encode()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"only text", "MailDamaged"),
        (b"X: y\n\ntext", "MailDamaged"),
        (nested(3000), "MailDamaged"),
        (nested(25), "MailDamaged"),
        (b"From: a\n\n", "MailWithoutText"),
        (b"From: a\nContent-Type: multipart/encrypted; boundary=x\n\n--x\n\ny\n--x--", "MailEncrypted"),
        (b"From: a\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx", "MailEncrypted"),
    ],
    ids=["text", "no headers", "very deep", "deep", "empty", "pgp", "smime"],
)
def test_what_is_no_mail(tmp_path: Path, raw: bytes, code: str) -> None:
    (tmp_path / "a").write_bytes(raw)
    with pytest.raises(SourceError) as caught:
        read(tmp_path / "a", "a.eml", LIMITS)
    assert caught.value.code == code


def test_a_mail_that_is_too_large(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as file:
        file.write(b"From: a\n\n")
        file.truncate(61_000_000)
    with pytest.raises(SourceError) as caught:
        read(tmp_path / "a", "a.eml", LIMITS)
    assert caught.value.code == "MailTooLarge"


PIECES = st.one_of(
    st.sampled_from(
        [b"\n", b"\n\n", b"From: a\n", b"Subject: =?utf-8?", b"B?4pi=?=", b"--x\n", b"--x--\n", b"; ", b'"']
    ),
    st.sampled_from([b"Content-Type: multipart/alternative; boundary=x\n", b"Content-Type: text/html; charset="]),
    st.sampled_from([b"Content-Type: message/rfc822\n", b"Content-Transfer-Encoding: base64\n", b"<p>", b"="]),
    st.sampled_from([b"Content-Disposition: attachment; filename=", b"name*0*=", b"filename*=utf-8''%E4", b"uu"]),
    st.binary(max_size=8),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=25))
def test_no_mail_surprises_us(tmp_path: Path, pieces: list[bytes]) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"From: a\n" + b"".join(pieces))
    try:
        check(read(path, "a.eml", LIMITS))
        assert all(each.name for each in open_mail(path, "a.eml", 1).attachments())
    except SourceError as problem:
        assert problem.text("de")
