"""Make the PDFs and the pictures of the sample again: python -m sample.build

The same sources give the same bytes. Only this needs reportlab; readers do not.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pypdfium2 as pdfium

from sample.drawing import animals, art, lantern, manifest, nature, plan, rooms, spheres, stone
from sample.drawing.book import NUMERALS, Book, read
from sample.drawing.engrave import Plate
from sample.drawing.press import fonts, picture

HERE = Path(__file__).parent
PLATES: dict[str, tuple[Callable[[], Plate], str]] = {
    "chamber": (rooms.chamber, "Theatrum rerum rariorum"),
    "cabinet": (art.cabinet, "Armarium Augustanum"),
    "coral": (nature.coral, "Corallium rubrum"),
    "nautilus": (nature.nautilus, "Nautilus in poculum versus"),
    "narwhal": (nature.narwhal, "Unicornu marinum"),
    "bezoar": (nature.bezoar, "Lapis bezoar"),
    "automaton": (art.automaton, "Navis automata"),
    "armillary": (spheres.armillary, "Sphaera armillaris"),
    "globe": (spheres.globe, "Globus Gottorpiensis"),
    "lantern": (lantern.lantern, "Lucerna magica"),
    "rune": (stone.rune, "Monumentum runicum"),
    "crocodile": (animals.crocodile, "Crocodilus niloticus"),
    "dodo": (animals.dodo, "Cygnus cucullatus"),
    "plan": (plan.plan, "Ichnographia theatri"),
}
PICTURES = ("chamber", "cabinet", "nautilus", "automaton", "globe", "lantern", "crocodile", "dodo")


@cache
def drawn(name: str) -> Plate:
    return PLATES[name][0]()


def catalogue(target: Path) -> int:
    source = read(HERE / "sources" / "catalogue.md")
    words = {"running": "A Cabinet in Plates", "contents": "Contents", "preface": "To the Reader", "plate": "Plate"}
    book = Book(target, source, words, drawn)
    book.title_page("nautilus")
    book.front()
    plates = [c for c in source.chapters if "plate" in c.options]
    book.contents(
        [
            5 + 2 * i if c in plates else 5 + 2 * len(plates) + 2 * (i - len(plates))
            for i, c in enumerate(source.chapters)
        ]
    )
    for i, chapter in enumerate(plates):
        book.chapter_page(chapter, NUMERALS[i])
        book.plate_page(chapter, NUMERALS[i], PLATES[chapter.options["plate"]][1])
    for chapter in source.chapters[len(plates) :]:
        book.column_pages(chapter, int(chapter.options["columns"]))
    return book.save()


def ways(target: Path) -> int:
    source = read(HERE / "sources" / "wege.md")
    words = {"running": "Die Wege der Dinge", "contents": "Inhalt", "preface": "Vorbemerkung", "plate": "Tafel"}
    book = Book(target, source, words, drawn)
    book.title_page("automaton")
    book.front()
    book.contents([5 + i for i in range(len(source.chapters))])
    for i, chapter in enumerate(source.chapters):
        book.chapter_page(chapter, NUMERALS[i])
    return book.save()


def pictures(folder: Path) -> None:
    notes: dict[str, dict[str, str]] = json.loads((HERE / "sources" / "pictures.json").read_text(encoding="utf-8"))
    for name in PICTURES:
        plate = drawn(name)
        size = (1200, 900) if plate.width > plate.height else (900, 1200)
        picture(plate, PLATES[name][1], folder / f"{name}.png", size=size, note=notes[name]["en"])
    manifest.write(HERE / "manifest.json", PICTURES, notes)


def page_texts(path: Path) -> list[str]:
    """The text of each page as the tests and the readers see it."""
    document = pdfium.PdfDocument(path)
    found = [str(page.get_textpage().get_text_range()) for page in document]
    document.close()
    return [re.sub(r"\s+", " ", re.sub(r"[\u00ad\ufffe-]\r?\n", "", text)) for text in found]


def renumber(statements: Path) -> None:
    """Quotes stay; the pages on which they are found may move when a book is set anew."""
    lines = [json.loads(line) for line in statements.read_text(encoding="utf-8").splitlines()]
    texts: dict[str, list[str]] = {}
    for line in lines:
        name = line.get("document", "")
        if name.endswith(".pdf") and line.get("quote"):
            pages = texts.setdefault(name, page_texts(HERE / name))
            hits = [i + 1 for i, text in enumerate(pages) if line["quote"] in text]
            if not hits:
                raise ValueError(f"{name} no longer says: {line['quote']}")
            line["page"] = line["page"] if line.get("page") in hits else hits[0]
    out = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    statements.write_text(out, encoding="utf-8")


def main() -> None:
    fonts()
    print("a-cabinet-in-plates.pdf", catalogue(HERE / "a-cabinet-in-plates.pdf"), "pages")
    print("die-wege-der-dinge.pdf", ways(HERE / "die-wege-der-dinge.pdf"), "pages")
    pictures(HERE / "pictures")
    if (HERE / "statements.jsonl").exists():
        renumber(HERE / "statements.jsonl")


if __name__ == "__main__":
    main()
