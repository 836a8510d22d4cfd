"""A whole cabinet as one file: out of one database, into an empty one, and everything is as it was."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import share.__main__ as command
from graph.archived import PARTS, Archived, canonical
from graph.errors import WunderkammerError
from graph.finding import Finding, Piece
from graph.store import Store
from graph.types import DEFAULT_COLLECTION as HERE
from graph.zip_limits import RATIO_FROM
from ingest.files import FileStore
from settings import Settings
from share.cabinet import content_hash, content_of, write_cabinet
from share.cabinet_errors import CabinetDamaged, CabinetNewer, CabinetNotEmpty, CabinetTooLarge, NotACabinet
from share.cabinet_open import open_cabinet
from tests import graph_samples as samples
from tests.page_homes import page_home
from tests.payloads import PAYLOADS

MODEL, DIMENSIONS = "test-model", 4


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Settings]]:
    """A cabinet with documents and their files, merges, corrections, vectors and a finding."""
    with page_home(tmp_path_factory.mktemp("full")) as settings, Store(settings) as store:
        fill(store, settings)
        yield store, settings


def fill(store: Store, settings: Settings) -> None:
    files = FileStore(settings.files)
    for name in ("a", "b"):
        text = f"Ole Worm lived in Copenhagen. {name} {PAYLOADS[0]} 山田"
        given = settings.home / f"{name}.txt"
        given.write_text(text, encoding="utf-8")
        kept = files.put(given, given.name)
        files.write_text(kept.sha256, text)
        of = replace(samples.document(HERE, name), sha256=kept.sha256, size=kept.size, rights=PAYLOADS[1])
        pieces = samples.chunks(of, [text, "Μίνως and Müller wrote of it.", "山田 answered."])
        samples.put(store, of, pieces, [samples.random_extraction(piece, f"{name}{piece.index}") for piece in pieces])
    known = store.explore.of_kind([HERE], "")
    store.corrections.rename(known[0].id, "Olaus Wormius", "Erika Mustermann", "as he signed")
    store.resolution.merge(known[1].id, known[2].id, by="Erika Mustermann")
    store.corrections.retract(store.explore.statements_of(known[0].id)[0].id, "Erika Mustermann", "")
    store.embeddings.use_model(MODEL, DIMENSIONS)
    for of in store.documents.listed([HERE]):
        vectors = [(id_, [1.0, 0.5, 0.25, float(n)]) for n, (id_, _) in enumerate(store.embeddings.chunks_left(of.id))]
        store.embeddings.put_chunks(vectors, MODEL)
    store.findings.put(
        Finding("Worm", question="Where?", note=PAYLOADS[2], who="Erika Mustermann",
                evidence=(Piece(1, "x", "y", "gone by now", "Ole Worm", 0, 8),))
    )  # fmt: skip


def emptied(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "empty", server_idle=2)


def test_everything_comes_back_and_twice_changes_nothing(full: tuple[Store, Settings], tmp_path: Path) -> None:
    store, settings = full
    out = tmp_path / "cabinet.zip"
    written = write_cabinet(store, settings, out, vectors=True)
    assert written.counts["Document"] == 2 and written.counts["Finding"] == 1 and not written.missing
    assert written.counts["Merge"] and written.counts["Correction"] and written.vectors == 6
    target = emptied(tmp_path)
    with Store(target) as other:
        opened = open_cabinet(other, target, out)
        assert opened.new and opened.vectors and opened.files == written.files
        assert content_of(other, [HERE]) == written.content == content_of(store, [HERE])
        assert not any(other.check().values())
        assert drawn(other) == drawn(store)
        for document in store.documents.listed([HERE]):
            kept, copied = FileStore(settings.files), FileStore(target.files)
            assert (
                copied.original(document.sha256 or "").read_bytes() == kept.original(document.sha256 or "").read_bytes()
            )
            assert copied.read_text(document.sha256 or "") == kept.read_text(document.sha256 or "")
        hit = other.search.chunks_by_meaning([1.0, 0.5, 0.25, 0.0], 1, [HERE])
        assert len(hit) == 1
        # A second time nothing changes; a graph that lives on is not overwritten.
        before = samples.dump(other, HERE)
        again = open_cabinet(other, target, out)
        assert not again.new and samples.dump(other, HERE) == before
        name = other.explore.of_kind([HERE], "")[0]
        undone = other.corrections.rename(name.id, "Somebody", "me", "")
        with pytest.raises(CabinetNotEmpty):
            open_cabinet(other, target, out)
        # What was merged and corrected there can be undone here.
        other.corrections.undo(undone.id, "me")
        for correction in other.corrections.history([HERE]):
            if correction.undone_at is None and correction.blocked is None:
                other.corrections.undo(correction.id, "me")
        assert not any(other.check().values())


def lines(store: Store) -> dict[str, list[str]]:
    return {part.name: [canonical(row) for row in store.archived.rows(part, [HERE])] for part in PARTS}


def drawn(store: Store) -> list[str]:
    # Of this collection alone: what other tests left in the same database has edges, too.
    query = (
        "MATCH (a:__Entity__)-[r]->(b:__Entity__) WHERE a.collection = $c "
        "RETURN a.id AS a, type(r) AS t, r.predicate AS p, b.id AS b"
    )
    return sorted(map(str, store.query(query, c=HERE)))


def test_the_same_cabinet_opens_in_neo4j(full: tuple[Store, Settings], neo4j_server: Settings, tmp_path: Path) -> None:
    store, settings = full
    out = tmp_path / "cabinet.zip"
    written = write_cabinet(store, settings, out)
    with Store(neo4j_server) as other:
        # What other tests of this run may have left there.
        other.archived.wipe([HERE])
        opened = open_cabinet(other, neo4j_server, out)
        assert opened.new and not opened.vectors
        assert lines(other) == lines(store)
        assert content_of(other, [HERE]) == written.content
        assert drawn(other) == drawn(store)
        assert other.query("MATCH (p:Person) RETURN count(p) AS n")[0]["n"] > 0
        other.archived.wipe([HERE])
        assert not other.archived.counts([HERE])["Document"]


def test_an_interruption_leaves_nothing_half(
    full: tuple[Store, Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, settings = full
    out = tmp_path / "cabinet.zip"
    write_cabinet(store, settings, out)
    target = emptied(tmp_path)
    with Store(target) as other:
        nothing = samples.dump(other, HERE)
        with monkeypatch.context() as patch:
            patch.setattr(Archived, "put_readable", _interrupted)
            with pytest.raises(KeyboardInterrupt):
                open_cabinet(other, target, out)
        assert samples.dump(other, HERE) == nothing
        assert not [each for each in target.files.rglob("*") if each.is_file()]
        # Killed, nobody takes anything back: the next one who opens it does.
        with monkeypatch.context() as patch:
            patch.setattr(Archived, "put_readable", _interrupted)
            patch.setattr(Archived, "wipe", lambda *_: None)
            with pytest.raises(KeyboardInterrupt):
                open_cabinet(other, target, out)
        assert other.archived.half_opened() == [HERE]
        assert open_cabinet(other, target, out).new
        assert content_of(other, [HERE]) == content_of(store, [HERE])


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


Change = Callable[[dict[str, bytes]], None]


def rewritten(out: Path, target: Path, change: Change) -> Path:
    """The archive with something changed, and all its hashes right again, as somebody would who means harm."""
    with zipfile.ZipFile(out) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    if "wunderkammer.json" in members:
        about = json.loads(members["wunderkammer.json"])
        for name in about["hashes"]:
            lines = members.get(name, b"")
            about["hashes"][name] = hashlib.sha256(lines).hexdigest()
            about["counts"][Path(name).stem] = lines.count(b"\n")
        about["content"] = content_hash({n: h for n, h in about["hashes"].items() if n.startswith("graph/")})
        members["wunderkammer.json"] = json.dumps(about).encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target


def _row(part: str, **values: Any) -> Change:
    def change(members: dict[str, bytes]) -> None:
        first, _, rest = members[f"graph/{part}.jsonl"].partition(b"\n")
        row = json.loads(first) | values
        members[f"graph/{part}.jsonl"] = json.dumps(row).encode() + b"\n" + rest

    return change


def _about(**values: Any) -> Change:
    def change(members: dict[str, bytes]) -> None:
        members["wunderkammer.json"] = json.dumps(json.loads(members["wunderkammer.json"]) | values).encode()

    return change


def _member(name: str, data: bytes) -> Change:
    return lambda members: members.update({name: data})


def _other_file(members: dict[str, bytes]) -> None:
    name = next(each for each in members if each.startswith("files/") and "original" in each)
    members[name] = b"something else"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (_member("../../evil.txt", b"x"), CabinetDamaged),
        (_member("files/../../evil.txt", b"x"), CabinetDamaged),
        (_member(f"files/{'a' * 64}/..", b"x"), CabinetDamaged),
        (_member(f"files/{'a' * 64}/original.txt", b"x"), CabinetDamaged),
        (_member("/etc/passwd", b"x"), CabinetDamaged),
        (_member("graph/Bomb.jsonl", b"x"), CabinetDamaged),
        (_member("graph/Finding.jsonl", b" " * (RATIO_FROM + 1_000_000)), CabinetTooLarge),
        (_other_file, CabinetDamaged),
        (_about(version=2), CabinetNewer),
        (_about(schema=999), CabinetNewer),
        (_about(format="else"), NotACabinet),
        (_about(collections=[]), CabinetDamaged),
        (_about(version="1"), CabinetDamaged),
        (_row("Document", sha256="../../x"), CabinetDamaged),
        (_row("Document", state="nonsense"), CabinetDamaged),
        (_row("Document", collection="another"), CabinetDamaged),
        (_row("Chunk", image_uri="../../../etc/passwd"), CabinetDamaged),
        (_row("Chunk", region="1,2"), CabinetDamaged),
        (_row("Chunk", text=None), CabinetDamaged),
        (_row("Entity", **{"name}) DETACH DELETE n //": 1}), CabinetDamaged),
        (_row("Entity", name={"a": 1}), CabinetDamaged),
        (_row("Finding", content="{"), CabinetDamaged),
        (_row("Statement-SUBJECT-Entity", b="nowhere"), CabinetDamaged),
        (_member("graph/Origin.jsonl", b"[" * 100_000 + b"\n"), CabinetDamaged),
        (_member("graph/Origin.jsonl", b'{"id": 1}'), CabinetDamaged),
        (lambda members: members.pop("wunderkammer.json"), NotACabinet),
        (lambda members: members.pop("graph/Merge.jsonl"), CabinetDamaged),
    ],
)  # fmt: skip
def test_what_could_do_harm_is_refused_with_a_reason(
    hostile: tuple[Store, Settings, Path], change: Change, error: type[WunderkammerError], tmp_path: Path
) -> None:
    store, settings, out = hostile
    with pytest.raises(error):
        open_cabinet(store, settings, rewritten(out, tmp_path / "changed.zip", change))
    assert not any(store.archived.counts([HERE]).values())
    assert not [each for each in settings.files.rglob("*") if each.is_file()]


@pytest.fixture(scope="module")
def hostile(
    full: tuple[Store, Settings], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Store, Settings, Path]]:
    """An empty cabinet, and an archive to be changed for the worse."""
    out = tmp_path_factory.mktemp("out") / "cabinet.zip"
    write_cabinet(*full, out)
    target = Settings(home=tmp_path_factory.mktemp("target"), server_idle=5)
    with Store(target) as store:
        yield store, target, out


def test_what_is_no_archive_or_cut_off_is_refused(hostile: tuple[Store, Settings, Path], tmp_path: Path) -> None:
    store, settings, out = hostile
    whole = out.read_bytes()
    for data, error in ((b"", NotACabinet), (b"hello", NotACabinet), (whole[:-200], CabinetDamaged),
                        (whole[:300] + b"\x00" * 50 + whole[350:], CabinetDamaged)):  # fmt: skip
        path = tmp_path / "cut.zip"
        path.write_bytes(data)
        with pytest.raises(error):
            open_cabinet(store, settings, path)
    with pytest.raises(NotACabinet):
        open_cabinet(store, settings, tmp_path / "nowhere.zip")


def test_the_commands(
    full: tuple[Store, Settings], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, settings = full
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(settings.home))
    out = tmp_path / "cabinet.zip"
    assert command.main(["snapshot", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["size"] == out.stat().st_size
    assert command.main(["snapshot", str(out), "--json"]) == 2
    assert "OutputExists" in capsys.readouterr().out
    assert command.main(["open", str(out)]) == 0
    assert "here already" in capsys.readouterr().out
