"""Reports: Markdown and PDF with footnotes and pictures, and a page by itself; words of others stay words."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from markdown_it import MarkdownIt
from PIL import Image

import graph.__main__ as graph_command
import share.__main__ as share_command
from graph.finding import Citation, Claim, Finding, Outcome, Piece, Said, Stated
from graph.store import Store
from graph.types import Edge, Evidence, Node, Region
from llm.crops import Crop
from settings import Settings
from share.alone import to_page
from share.report import of_finding, with_pictures
from share.report_file import write_report
from share.report_markdown import to_markdown
from share.report_pdf import Setter
from tests.payloads import PAYLOADS, payloads

TRAP = "http://trap.invalid"
WORLD = "Größe Ελλάδα Привет 山田 ひらがな 한글 \U0001d52d \u202eabc\x07 🏺"


def finding(*words: str) -> Finding:
    """A finding that says these words wherever words may be."""
    texts = words or ("Ole Worm had a tusk.",)
    pieces = tuple(
        Piece(n, f"c{n}", f"d{n % 3}", text, f"{text} quoted", 0, 9, n, None, Region(1, 2, 30, 40), uri=text,
              rights=text, attribution=text, written_by=text, media_type="image/png")
        for n, text in enumerate(texts, 1)
    )  # fmt: skip
    said = tuple(Said(text, n % 2 == 0, (Citation(n), Citation(1))) for n, text in enumerate(texts, 1))
    nodes = tuple(Node(f"e{n}", text, text) for n, text in enumerate(texts))
    claims = tuple(
        Claim(f"s{n}", f"e{n}", text, "e0", f"{text} claimed", text, 1.0,
              (Stated(f"c{n + 1}", "d", text, text, 0, 1, n + 1), Stated("other", "d", text, text, page=7)))
        for n, text in enumerate(texts)
    )  # fmt: skip
    edges = tuple(Edge(f"e{n}", "e0", text, f"s{n}") for n, text in enumerate(texts))
    return Finding(texts[0], texts[-1], texts[0], Outcome.ANSWERED, " ".join(texts), said, pieces, nodes, edges, claims,
                   model=texts[-1], who=texts[0], created_at="2026-11-27T10:00:00+00:00", language="de")  # fmt: skip


def cropper(evidence: Sequence[Evidence], most: int) -> tuple[Crop, ...]:
    out = io.BytesIO()
    Image.new("RGB", (300, 120), "#b08850").save(out, "JPEG")
    return tuple(Crop((piece.n,), out.getvalue()) for piece in evidence[:most])


def test_markdown_has_a_footnote_for_each_place_and_nothing_runs_in_it() -> None:
    report = of_finding(finding(*payloads(TRAP)))
    kept: dict[str, bytes] = {}
    written = to_markdown(with_pictures(report, cropper), kept.__setitem__)
    used = set(re.findall(r"\[\^(\d+)\](?!:)", written))
    told = set(re.findall(r"^\[\^(\d+)\]:", written, re.MULTILINE))
    assert used == told == {str(note.n) for note in report.footnotes}
    assert len(kept) == len(re.findall(r"!\[\d+\]\(pictures/\d+\.jpg\)", written)) == len(report.footnotes)
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(written)
    tags = set(re.findall(r"<(\w+)", html))
    assert tags <= {"h1", "h2", "p", "ul", "li", "strong", "em", "blockquote", "code", "pre", "img", "a"}, tags
    assert all(source.startswith("pictures/") for source in re.findall(r'src="([^"]*)"', html))
    assert not [
        link for link in re.findall(r'href="([^"]*)"', html) if "planted" in link and not link.startswith("http")
    ]
    assert "\x07" not in to_markdown(of_finding(finding(WORLD)))


def test_pdf_draws_what_it_can_and_counts_what_it_cannot() -> None:
    report = with_pictures(of_finding(finding(WORLD, *PAYLOADS)), cropper)
    setter = Setter(report)
    data = setter.pdf()
    assert data == Setter(report).pdf()
    document = pypdfium2.PdfDocument(data)
    words = " ".join(page.get_textpage().get_text_range() for page in document)
    assert "Größe Ελλάδα Привет" in words and "<script>" in words and "Quellen" in words
    assert setter.missing > 0 and "□" in words
    pictures = sum(1 for page in document for each in page.get_objects() if each.type == 3)
    assert pictures >= len(PAYLOADS)
    # A paragraph longer than a page, and a word longer than a line.
    assert Setter(of_finding(finding("word " * 9000, "x" * 5000))).pdf().startswith(b"%PDF")


def test_the_page_by_itself_asks_nobody_and_holds_words_as_words() -> None:
    reports = [with_pictures(of_finding(finding(*payloads(TRAP))), cropper), of_finding(finding())]
    page = "".join(to_page(reports, "en"))
    assert page.count("<script>") == page.count("</script>") == 1
    assert "default-src 'none'" in page and 'src="data:image/jpeg;base64,' in page
    assert not re.search(r'(?:src|href|action|data)="(?!#|data:image/jpeg)', page)
    assert not re.search(r"<(?:link|iframe|object|embed|form|base|meta http-equiv=.?refresh)", page)
    assert page.count('class="node') == len(PAYLOADS) + 1
    assert all(f'id="{name}"' in page for name in re.findall(r'href="#([^"]+)"', page))


def test_files_are_whole_and_take_their_pictures_along(tmp_path: Path) -> None:
    report = with_pictures(of_finding(finding()), cropper)
    for name in ("a.md", "a.zip", "folder"):
        write_report(report, "markdown", tmp_path / name)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {"report.md", "pictures/1.jpg"} <= set(archive.namelist())
    assert (tmp_path / "folder" / "pictures" / "1.jpg").is_file()
    assert "pictures/" not in (tmp_path / "a.md").read_text()
    write_report(report, "pdf", tmp_path / "a.pdf")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.md", "a.pdf", "a.zip", "folder"]


def test_the_commands(
    embedded_server: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(embedded_server.home))
    with Store(embedded_server) as store:
        ids = [store.findings.put(replace(finding(), title=title)) for title in ("A tusk", "Another tusk")]
    out = tmp_path / "page.html"
    assert share_command.main(["snapshot", str(out), "--html", "A tusk", ids[1], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == 2
    assert "Another tusk" in out.read_text(encoding="utf-8")
    for format_, name in (("pdf", "a.pdf"), ("markdown", "a.md"), ("jsonld", "a.jsonld")):
        assert graph_command.main(["export", "--format", format_, "--finding", "A tusk", str(tmp_path / name)]) == 0
    assert "# A tusk" in (tmp_path / "a.md").read_text(encoding="utf-8")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    with Store(embedded_server) as store:
        for id_ in ids:
            store.findings.remove(id_)
