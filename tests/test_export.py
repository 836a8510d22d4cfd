"""Exports read back by the programs they are for: rdflib, networkx, Neo4j's own import, a script run by Neo4j."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import networkx
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.namespace import RDF

import graph.__main__ as command
from graph.export import FORMATS
from graph.export_script import literal
from graph.export_xml import xml_text
from graph.leaving import public_address
from graph.store import Store
from graph.taken import Selection
from graph.types import Entity, Extraction, Mention
from graph.whole_file import FolderExists, OutputExists, OutputNotWritable, whole_file
from settings import Settings
from tests import graph_samples as samples
from tests.payloads import PAYLOADS
from tests.servers import SHORT_LIVED, neo4j_jars, start_neo4j

HERE = "exports"
NASTY = (
    "O'Brien \"the\" \\u0027 \\ said: 'x'; // no comment",
    "line\nfeed\r\nreturn\ttab",
    "bell\x07 and \x1b[31m escape \x00zero",
    "astral 𝔚𝔲𝔫𝔡𝔢𝔯 🏺 山田 Ελλάδα Привет",
    "bidi \u202eright\u202c to left \u2066x\u2069 עברית",
    "ends in a backslash\\",
    '=1+1,"a",;|\x1f',
    "\\' + $x }) DETACH DELETE n //",
    "</data></edge>]]>&lt;&#0;",
    "\\u0027\\\\u0027 \ue000 " * 40,
)
WK = "urn:wunderkammer:vocabulary:"


@pytest.fixture(scope="module")
def store(store_target: Settings) -> Iterator[Store]:
    """A store with two plain documents and one whose every word is hard to write down."""
    with Store(store_target) as opened:
        fill(opened)
        yield opened
        wipe(opened)


def fill(store: Store) -> None:
    for name in ("a", "b"):
        samples.put_random(store, HERE, name)
    put_nasty(store)


def wipe(store: Store) -> None:
    store._db.run("MATCH (n) WHERE n.collection = $c DETACH DELETE n", c=HERE)


def put_nasty(store: Store) -> None:
    words = [*NASTY, *PAYLOADS[:12]]
    # No database keeps a zero in a text.
    words = [each.replace("\x00", "") for each in words]
    of = replace(
        samples.document(HERE, "nasty"), title=words[0], uri="https://me:secret@example.org/a?token=x&page=2",
        rights=words[1], attribution=words[3], language="de",
    )  # fmt: skip
    pieces = samples.chunks(of, words)
    found = []
    for number, piece in enumerate(pieces):
        ends = [Entity(Entity.make_id(HERE, word), word, HERE, "Person", 3, (f"also {word}",), word)
                for word in (words[number], words[number - 1])]  # fmt: skip
        claim = replace(
            samples.statement(piece, ends[0], words[number - 2], ends[1], samples.WHEN[1]), text=words[number]
        )
        found.append(Extraction(piece.id, tuple(Mention(piece.id, end) for end in ends), (claim,)))
    samples.put(store, of, pieces, found)


def write(store: Store, name: str, out: Path, selection: Selection | None = None) -> dict[str, int]:
    return store.exports.write(selection or Selection((HERE,)), FORMATS[name], out).counts


def counted(store: Store) -> dict[str, int]:
    found = store.stats([HERE])
    return {"documents": found["documents"], "passages": found["chunks"], "entities": found["entities"],
            "claims": found["statements"]}  # fmt: skip


EDGE_COUNTS = """
MATCH (a {collection: $c})-[r]->(b) WHERE NOT type(r) IN ['CO_OCCURS', 'HOLDS']
RETURN type(r) AS type, count(r) AS n ORDER BY type"""


def edges(store: Store) -> dict[str, int]:
    return {row["type"]: row["n"] for row in store.query(EDGE_COUNTS, c=HERE)}


def test_jsonld_is_rdf_with_everything_in_it(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "graph.jsonld"
    counts = write(store, "jsonld", out)
    assert counts == counted(store)
    graph = rdflib.Graph().parse(out, format="json-ld")
    for kind, type_ in (
        ("documents", "Document"),
        ("passages", "Passage"),
        ("entities", "Entity"),
        ("claims", "Claim"),
    ):
        assert len(set(graph.subjects(RDF.type, rdflib.URIRef(WK + type_)))) == counts[kind]
    prov = rdflib.Namespace("http://www.w3.org/ns/prov#")
    assert len(set(graph.subjects(RDF.type, prov.PrimarySource))) == edges(store)["STATED_IN"]
    texts = {str(each) for each in graph.objects(None, RDF.value)}
    assert {each.replace("\x00", "") for each in NASTY} <= texts
    claim = next(graph.subjects(RDF.type, RDF.Statement))
    plain = (graph.value(claim, RDF.subject), graph.value(claim, RDF.predicate), graph.value(claim, RDF.object))
    assert plain in graph
    assert "secret" not in out.read_text(encoding="utf-8") and "token" not in out.read_text(encoding="utf-8")
    # The same graph gives the same bytes; each object has a line.
    again = tmp_path / "again.jsonld"
    write(store, "jsonld", again)
    assert again.read_bytes() == out.read_bytes()
    assert all(json.loads(line.rstrip(",")) for line in out.read_text(encoding="utf-8").split("\n")[2:-2])


@pytest.mark.parametrize(("name", "read"), [("graphml", networkx.read_graphml), ("gexf", networkx.read_gexf)])
def test_network_tools_see_every_entity_and_claim(store: Store, tmp_path: Path, name: str, read: object) -> None:
    out = tmp_path / f"graph.{name}"
    counts = write(store, name, out)
    graph = networkx.read_graphml(out, force_multigraph=True) if name == "graphml" else networkx.read_gexf(out)
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (counts["entities"], counts["claims"])
    names = {data["name"] for _, data in graph.nodes(data=True)}
    # What XML cannot hold stands as its picture; everything else survives, line ends too.
    assert {each.replace("\x00", "").translate({7: "␇", 27: "␛", 31: "␟"}) for each in NASTY} <= names
    edge = next(data for *_, data in graph.edges(data=True) if data["document"] == NASTY[0])
    assert edge["rights"] == NASTY[1] and edge["attribution"] == NASTY[3] and edge["edtf"] == "1599"
    assert edge["address"] == "https://example.org/a?page=2"
    assert json.loads(edge["sources"])[0]["region"] == edge["region"]


def test_script_runs_in_neo4j(store: Store, neo4j_server: Settings, tmp_path: Path) -> None:
    out = tmp_path / "graph.cypher"
    counts, wanted = write(store, "cypher", out), edges(store)
    query = "MATCH (c:Chunk {collection: $c}) RETURN c.id AS id, c.text AS text"
    texts = {row["id"]: row["text"] for row in store.query(query, c=HERE)}
    with Store(neo4j_server) as target:
        wipe(target)
        for _ in range(2):  # Loading twice changes nothing.
            for line in out.read_text(encoding="utf-8").split("\n"):
                if line and not line.startswith("//"):
                    target._db.run(line.rstrip(";"))
            assert (counted(target), edges(target)) == (counts, wanted)
        assert {row["id"]: row["text"] for row in target.query(query, c=HERE)} == texts
        assert [piece.text for piece in target.exports.take(Selection((HERE,))).passages() if piece.id in texts]
        wipe(target)
    if store.engine == "neo4j":
        fill(store)


def test_tables_are_imported_by_neo4j_admin(store: Store, tmp_path: Path) -> None:
    if store.engine == "neo4j":
        pytest.skip("starts a second server; what is written does not depend on the database it comes from")
    tables = tmp_path / "tables"
    counts, wanted = write(store, "csv", tables), edges(store)
    guide = (tables / "IMPORT.txt").read_text(encoding="utf-8")
    options = [line.strip().rstrip(" \\") for line in guide.split("\n") if line.startswith("  --")]
    home = tmp_path / "server"
    (home / "conf").mkdir(parents=True)
    (home / "conf" / "neo4j.conf").write_text(f"server.directories.data={home}/data\n")
    done = subprocess.run(
        ["java", "-Xmx512m", *SHORT_LIVED, "-cp", f"{neo4j_jars()}/*", "org.neo4j.cli.AdminTool",
         "database", "import", "full", "neo4j", "--array-delimiter=U+001F", "--multiline-fields=true", *options],
        cwd=tables, env={"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf"), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    server = start_neo4j(home, SHORT_LIVED)
    try:
        given = Settings(home=tmp_path / "h", neo4j_uri=server.uri, neo4j_username=server.user,
                         neo4j_password=server.password)  # fmt: skip
        with Store(given) as target:
            assert (counted(target), edges(target)) == (counts, wanted)
            names = "MATCH (e:Person {collection: $c}) RETURN e.name AS name, e.aliases AS aliases"
            known = {row["name"]: row["aliases"] for row in target.query(names, c=HERE)}
            assert known["ends in a backslash\\"] == ["also ends in a backslash\\"]
    finally:
        server.stop()


def test_a_zip_of_tables_is_whole_and_always_the_same(store: Store, tmp_path: Path) -> None:
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    counts = write(store, "csv", first)
    write(store, "csv", second)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        rows = list(csv.reader(io.TextIOWrapper(archive.open("claims.csv"), "utf-8", newline="")))
    assert len(rows) - 1 == counts["claims"] and rows[0][0] == "id:ID(Statement)"


def test_bibliographies_name_every_document_with_its_rights(store: Store, tmp_path: Path) -> None:
    write(store, "csl", tmp_path / "a.csl.json")
    items = json.loads((tmp_path / "a.csl.json").read_text(encoding="utf-8"))
    assert len(items) == counted(store)["documents"]
    nasty = next(item for item in items if item["title"] == NASTY[0])
    assert nasty["note"] == f"Rights: {NASTY[1]}" and nasty["URL"] == "https://example.org/a?page=2"
    write(store, "bibtex", tmp_path / "a.bib")
    entries = (tmp_path / "a.bib").read_text(encoding="utf-8")
    assert entries.count("\n}\n") == len(items) and r"\textbackslash{}u0027" in entries


def test_a_part_is_what_was_named_with_its_sources(store: Store, tmp_path: Path) -> None:
    whole = store.exports.take(Selection((HERE,)))
    claim = next(each for each in whole.claims() if each.subject != each.object)
    taken = store.exports.take(Selection((HERE,), entities=(claim.subject, claim.object)))
    assert claim.id in taken.claim_ids and set(taken.entity_ids) == {claim.subject, claim.object}
    assert {told.source.chunk for told in claim.told} <= set(taken.passage_ids)
    assert {told.document for told in claim.told} <= set(taken.document_ids)
    assert [each.told for each in taken.claims() if each.id == claim.id] == [claim.told]
    one = store.exports.take(Selection((HERE,), claims=(claim.id,)))
    assert one.claim_ids == [claim.id] and set(one.entity_ids) == {claim.subject, claim.object}
    of = next(iter(whole.documents()))
    told = store.exports.take(Selection((HERE,), documents=(of.id,)))
    assert {piece.id for piece in store.documents.all_chunks(of.id)} <= set(told.passage_ids)
    # Every format takes a part, and all that it names is in it.
    for name in FORMATS:
        assert write(store, name, tmp_path / f"part-{name}.zip", Selection((HERE,), claims=(claim.id,)))["claims"] == 1


def test_nothing_is_overwritten_or_left_half(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    with whole_file(out) as path:
        path.write_text("first")
    with pytest.raises(OutputExists), whole_file(out):
        raise AssertionError("not reached")
    with pytest.raises(KeyboardInterrupt), whole_file(out, force=True) as path:
        path.write_text("half")
        raise KeyboardInterrupt
    assert [each.name for each in tmp_path.iterdir()] == ["out.txt"] and out.read_text() == "first"
    with pytest.raises(FolderExists), whole_file(tmp_path, force=True):
        raise AssertionError("not reached")
    with pytest.raises(OutputNotWritable), whole_file(tmp_path / "nowhere" / "x"):
        raise AssertionError("not reached")


def test_the_command_says_what_it_wrote_and_refuses_to_overwrite(
    embedded_server: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(embedded_server.home))
    out = tmp_path / "graph.graphml"
    call = ["export", "--format", "graphml", str(out), "--json"]
    assert command.main(call) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["format"] == "graphml" and said["size"] == out.stat().st_size
    assert networkx.read_graphml(out).number_of_nodes() == said["counts"]["entities"]
    assert command.main(call) == 2
    assert "OutputExists" in capsys.readouterr().out
    assert command.main([*call, "--force"]) == 0
    assert command.main([*call, "--force", "--collection", "nowhere"]) == 2


@given(st.text())
def test_any_text_is_valid_xml_and_one_literal(text: str) -> None:
    element = ElementTree.fromstring(f'<a b="{xml_text(text)}">{xml_text(text)}</a>'.encode())
    assert element.get("b") == (element.text or "")
    written = literal(text)
    assert "\n" not in written and "\r" not in written


@pytest.mark.parametrize(
    ("uri", "public"),
    [
        ("/home/me/private/letters.pdf", "letters.pdf"),
        ("C:\\Users\\me\\letters.pdf", "letters.pdf"),
        ("file:///home/me/letters.pdf", "letters.pdf"),
        ("https://me:pw@example.org/a?page=2#p", "https://example.org/a?page=2#p"),
        ("https://example.org/a?X-Amz-Signature=1&access_token=2&x=%20", "https://example.org/a?x=+"),
        ("https://[broken/a", ""),
    ],
)
def test_addresses_leave_without_secrets_and_folders(uri: str, public: str) -> None:
    assert public_address(uri) == public
