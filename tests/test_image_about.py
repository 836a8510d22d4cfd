"""What pictures say of themselves: as lines, as rights, as claims about the picture; damaged fields do no harm."""

from __future__ import annotations

import random
import struct
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from PIL.TiffImagePlugin import IFDRational

from graph.types import Chunk, ChunkKind, Document, Extraction, State
from ingest.chunk import chunk
from ingest.own_claims import with_own_claims
from ingest.quick import extract_quick
from ingest.sources import read
from ingest.sources.base import ReadDocument
from tests import make_files
from tests.reading import LIMITS, check

EXIF_IFD, GPS_IFD = 0x8769, 0x8825


def content_of(tmp_path: Path, raw: bytes, name: str = "IMG_1234.jpg") -> ReadDocument:
    path = tmp_path / "file"
    path.write_bytes(raw)
    content = read(path, name, LIMITS)
    check(content)
    assert content.pages[0].state is State.WAITING
    return content


def photograph(**more: object) -> Image.Exif:
    """The EXIF of a camera."""
    exif = Image.Exif()
    exif[0x010F], exif[0x013B], exif[0x8298] = "Nikon", "Erna Muster", "© Museum".encode()
    exif.get_ifd(EXIF_IFD)[0x9003] = more.get("taken", "2019:05:04 10:22:33")
    exif.get_ifd(GPS_IFD).update(
        {
            1: "N",
            2: more.get("latitude", (IFDRational(48), IFDRational(12), IFDRational(30))),
            3: "W",
            4: (IFDRational(16), IFDRational(22), IFDRational(0)),
        }
    )
    return exif


def test_exif_of_a_camera(tmp_path: Path) -> None:
    content = content_of(tmp_path, make_files.encoded(make_files.picture(), "JPEG", exif=photograph()))
    assert content.text.splitlines() == [
        "Photographer: Erna Muster",
        "Date: 2019-05-04",
        "Coordinates: 48.20833, -16.36667",
        "Rights: © Museum",
    ]
    assert (content.rights, content.attribution, content.title) == ("© Museum", "Erna Muster", "IMG_1234")


XMP = """<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
<rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/'
xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:cc='http://creativecommons.org/ns#'
photoshop:City='Schleswig' photoshop:DateCreated='2020-06-01T12:00:00' exif:GPSLatitude='54,30.75N'
exif:GPSLongitude='9,32,15E' photoshop:Country='Deutschland'><dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Schloss
Gottorf</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>Muster, Erna</rdf:li><rdf:li>Max Beispiel</rdf:li>
</rdf:Seq></dc:creator><dc:subject><rdf:Bag><rdf:li>Schloss</rdf:li><rdf:li>Globus</rdf:li></rdf:Bag></dc:subject>
<cc:license rdf:resource='https://creativecommons.org/licenses/by/4.0/'/></rdf:Description></rdf:RDF></x:xmpmeta>"""


def test_xmp(tmp_path: Path) -> None:
    fields = PngImagePlugin.PngInfo()
    fields.add_itxt("XML:com.adobe.xmp", XMP)
    content = content_of(tmp_path, make_files.encoded(make_files.picture(), "PNG", pnginfo=fields), "a.png")
    assert content.text.splitlines() == [
        "Title: Schloss Gottorf",
        "Creator: Muster, Erna",
        "Creator: Max Beispiel",
        "Date: 2020-06-01",
        "City: Schleswig",
        "Country: Deutschland",
        "Coordinates: 54.51250, 9.53750",
        "Keywords: Schloss, Globus",
        "Rights: https://creativecommons.org/licenses/by/4.0/",
    ]
    assert content.attribution == "Muster, Erna, Max Beispiel"


def iptc(fields: Mapping[int, str]) -> bytes:
    """A JPEG with these fields of the second IPTC record."""
    data = b"".join(b"\x1c\x02" + struct.pack(">BH", key, len(v.encode())) + v.encode() for key, v in fields.items())
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(data)) + data + b"\0" * (len(data) % 2)
    segment = b"Photoshop 3.0\0" + resource
    raw = make_files.encoded(make_files.picture(), "JPEG")
    return raw[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + raw[2:]


def test_iptc(tmp_path: Path) -> None:
    told = {5: "Der Globus", 55: "20180230", 80: "Jörg Größe", 90: "Kiel", 101: "Deutschland", 110: "dpa", 116: "frei"}
    content = content_of(tmp_path, iptc(told))
    # There is no 30 February.
    assert content.text.splitlines() == [
        "Title: Der Globus",
        "Creator: Jörg Größe",
        "Credit: dpa",
        "City: Kiel",
        "Country: Deutschland",
        "Rights: frei",
    ]
    assert (content.title, content.attribution, content.rights) == ("Der Globus", "Jörg Größe", "frei")


@pytest.mark.parametrize(
    "exif",
    [
        photograph(taken="0000:00:00 00:00:00", latitude=(IFDRational(0, 0), IFDRational(0), IFDRational(0))),
        photograph(taken="    :  :     :  :  ", latitude=(IFDRational(400), IFDRational(0), IFDRational(0))),
        photograph(taken=b"\xff\xfe\0", latitude=(IFDRational(91), IFDRational(0))),
    ],
)
def test_odd_values_are_left_out(tmp_path: Path, exif: Image.Exif) -> None:
    content = content_of(tmp_path, make_files.encoded(make_files.picture(), "JPEG", exif=exif))
    assert content.text == "Photographer: Erna Muster\nRights: © Museum"


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), changes=st.integers(1, 20))
def test_damaged_descriptions_never_cost_the_picture(tmp_path: Path, seed: int, changes: int) -> None:
    whole = make_files.encoded(make_files.picture(40, 30), "JPEG", exif=photograph(), xmp=XMP.encode())
    start, end = whole.index(b"Exif"), whole.rindex(b"xmpmeta>")
    chance, raw = random.Random(seed), bytearray(whole)
    for _ in range(changes):
        raw[chance.randrange(start + 6, end)] = chance.randrange(256)
    # A damaged length of a segment would take the picture's own data with it; this is about what is inside of them.
    marker = whole.index(b"\xff\xe1", start)
    raw[marker : marker + 34] = whole[marker : marker + 34]
    content = content_of(tmp_path, bytes(raw))
    assert content.pages[0].width in {30, 40}


def claims_of(content: ReadDocument, text: str | None = None) -> tuple[Chunk, Extraction]:
    document = Document("d", content.title, "u", content.media_type, sha256="ef" * 32)
    first = chunk(content, document)[0]
    return first, with_own_claims(Extraction(first.id), document, first, content.text if text is None else text)


def test_claims_are_about_the_picture_and_rest_on_their_lines(tmp_path: Path) -> None:
    exif = photograph()
    exif[0x010E] = "Ein Zahn. Photographer: Niemand"
    content = content_of(tmp_path, make_files.encoded(make_files.picture(), "JPEG", exif=exif), "Narwal.jpg")
    first, found = claims_of(content)
    assert first.kind is ChunkKind.METADATA
    assert [(s.subject.name, s.predicate, s.object.name, s.object.type) for s in found.statements] == [
        ("Narwal (picture)", "MADE_BY", "Erna Muster", "Person"),
        ("Narwal (picture)", "DATED", "2019-05-04", "Date"),
    ]
    for statement in found.statements:
        source = statement.source
        assert source.supported and source.start is not None and source.end is not None
        assert content.text[source.start : source.end] == source.quote
    assert [s.source.quote for s in found.statements] == ["Photographer: Erna Muster", "Date: 2019-05-04"]
    assert {s.model for s in found.statements} == {"file"}


def test_a_line_that_a_passage_cuts_claims_nothing(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = (
        "Ein sehr langer Satz vom Horn des Wals. " * 22
        + "Creator: Niemand, der das Horn je sah. "
        + "Noch ein Satz folgt hier. " * 30
    )
    content = content_of(tmp_path, make_files.encoded(make_files.picture(), "JPEG", exif=exif))
    document = Document("d", content.title, "u", content.media_type, sha256="ef" * 32)
    pieces = [piece for piece in chunk(content, document) if piece.text]
    assert len(pieces) > 1 and any(piece.text.startswith("Creator: ") for piece in pieces[1:])
    for piece in pieces:
        assert with_own_claims(Extraction(piece.id), document, piece, content.text).statements == ()


def test_other_documents_claim_nothing_by_their_metadata(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\nCreator: Erna Muster\n---\n\nText.")
    content = read(path, "a.md", LIMITS)
    first, found = claims_of(content)
    assert first.kind is ChunkKind.METADATA and found.statements == ()


def test_labels_are_no_part_of_names(tmp_path: Path) -> None:
    fields = PngImagePlugin.PngInfo()
    fields.add_itxt("XML:com.adobe.xmp", XMP)
    content = content_of(tmp_path, make_files.encoded(make_files.picture(), "PNG", pnginfo=fields), "a.png")
    about = chunk(content, Document("d", "t", "u", content.media_type, sha256="ef" * 32))[0]
    for language in ("de", "en"):
        (found,) = extract_quick([about], language, "c")
        words = {word for mention in found.mentions for word in mention.entity.name.split()}
        assert "Gottorf" in words and not words & {"Title", "Creator", "City", "Country", "Coordinates", "Rights"}


def test_the_labels_of_what_a_file_says_are_no_names() -> None:
    said = (
        "Bild ID / Image ID: B0002305\nAnmärkning / Remark: from the cabinet of Ole Worm\nPlace of origin: Copenhagen"
    )
    piece = Chunk("c", "d", 0, said, 0, len(said), kind=ChunkKind.METADATA)
    found = {mention.entity.name for mention in extract_quick([piece], "en", "main")[0].mentions}
    assert {"Ole Worm", "Copenhagen"} <= found
    assert not {name for name in found if {"Bild", "Image", "Anmärkning", "Remark", "Place"} & set(name.split())}
