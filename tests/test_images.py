"""Pictures of pages: drawn once, turned as they should be seen, cut where a region says."""

from __future__ import annotations

import io
import multiprocessing
import sys
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from graph import storage_errors
from graph.types import Region
from ingest import errors
from ingest.files import FileStore
from ingest.images import crop, has_images, page_image, page_size, thumbnail
from ingest.sources import read
from tests import make_files
from tests.reading import LIMITS

PDF = "application/pdf"


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def kept(files: FileStore, content: bytes, name: str = "a") -> str:
    return files.put(io.BytesIO(content), name).sha256


def colour(image: Image.Image, x: float, y: float) -> str:
    """The name of the colour at a point given as shares of width and height."""
    pixel = image.convert("RGB").getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(pixel, tuple)
    names = {
        (255, 0, 0): "red",
        (0, 128, 0): "green",
        (0, 0, 255): "blue",
        (0, 0, 0): "black",
        (255, 255, 255): "white",
    }
    return min(((sum((a - b) ** 2 for a, b in zip(pixel, rgb, strict=True)), name) for rgb, name in names.items()))[1]


def corners(image: Image.Image) -> list[str]:
    """The colours of the corners: top left, top right, bottom left, bottom right, and the middle."""
    return [colour(image, x, y) for x, y in ((0.05, 0.05), (0.95, 0.05), (0.05, 0.95), (0.95, 0.95), (0.5, 0.5))]


UPRIGHT = ["red", "green", "blue", "black", "white"]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_shown_as_the_camera_was_held(files: FileStore, tmp_path: Path, orientation: int) -> None:
    undo = {
        2: "FLIP_LEFT_RIGHT",
        3: "ROTATE_180",
        4: "FLIP_TOP_BOTTOM",
        5: "TRANSPOSE",
        6: "ROTATE_90",
        7: "TRANSVERSE",
    }
    undo[8] = "ROTATE_270"
    image = make_files.picture(400, 300)
    if orientation in undo:
        image = image.transpose(Image.Transpose[undo[orientation]])
    exif = Image.Exif()
    exif[0x0112] = orientation
    sha256 = kept(files, make_files.encoded(image, "JPEG", exif=exif, quality=95))
    page = read(files.original(sha256), "a.jpg", LIMITS).pages[0]
    assert (page.width, page.height) == page_size(files, sha256, "image/jpeg", 1) == (400, 300)
    with Image.open(page_image(files, sha256, "image/jpeg", 1)) as shown:
        assert shown.size == (400, 300) and corners(shown) == UPRIGHT
        assert shown.getexif().get(0x0112) is None
    with Image.open(io.BytesIO(crop(files, sha256, "image/jpeg", 1, Region(300, 0, 100, 75)))) as part:
        assert part.size == (100, 75) and colour(part, 0.5, 0.5) == "green"


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P", "L", "1", "I;16", "CMYK"])
def test_pictures_of_all_kinds_become_a_jpeg(files: FileStore, mode: str) -> None:
    grey = make_files.picture().convert("L")
    image = grey.convert("I;16") if mode == "I;16" else make_files.picture().convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.new("L", image.size, 0))
    sha256 = kept(files, make_files.encoded(image, "TIFF" if mode in {"CMYK", "I;16"} else "PNG"))
    with Image.open(page_image(files, sha256, "image/png", 1)) as shown:
        assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (400, 300))
        assert colour(shown, 0.5, 0.5) == "white"
        assert colour(shown, 0.95, 0.95) == ("white" if mode == "RGBA" else "black")


def test_a_large_picture_is_shown_smaller_and_cut_in_full_size(files: FileStore) -> None:
    sha256 = kept(files, make_files.encoded(make_files.picture(4800, 3600), "JPEG"))
    with Image.open(page_image(files, sha256, "image/jpeg", 1)) as shown:
        assert shown.size == (3000, 2250)
    assert page_size(files, sha256, "image/jpeg", 1) == (4800, 3600)
    with Image.open(io.BytesIO(crop(files, sha256, "image/jpeg", 1, Region(0, 2700, 1200, 900)))) as part:
        assert part.size == (1200, 900) and colour(part, 0.5, 0.5) == "blue"
    with Image.open(io.BytesIO(crop(files, sha256, "image/jpeg", 1, Region(0, 0, 4800, 3600)))) as whole:
        assert whole.size == (2000, 1500)
    with Image.open(thumbnail(files, sha256, "image/jpeg")) as small:
        assert small.size == (512, 384) and corners(small) == UPRIGHT


def draw(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 0, 0)
    canvas.rect(72, make_files.HEIGHT - 172, 100, 100, fill=1, stroke=0)
    canvas.showPage()
    make_files.write_lines(canvas, ["Zweite Seite"], 72, 700)
    canvas.showPage()


def test_pages_of_a_pdf(files: FileStore, tmp_path: Path) -> None:
    sha256 = kept(files, make_files.pdf(tmp_path / "a.pdf", draw).read_bytes())
    assert not files.page_image_path(sha256, 1).exists()
    with Image.open(page_image(files, sha256, PDF, 1)) as page:
        assert page.size == page_size(files, sha256, PDF, 1) == (1191, 1684)
        assert colour(page, 160 / 1191, 160 / 1684) == "red" and colour(page, 0.9, 0.9) == "white"
    before = files.page_image_path(sha256, 1).stat().st_mtime_ns
    assert page_image(files, sha256, PDF, 1).stat().st_mtime_ns == before
    with Image.open(io.BytesIO(crop(files, sha256, PDF, 1, Region(144, 144, 200, 200), margin=100))) as part:
        assert part.size == (400, 400)
        assert [colour(part, x, 0.5) for x in (0.1, 0.5, 0.9)] == ["white", "red", "white"]
    with Image.open(io.BytesIO(crop(files, sha256, PDF, 1, Region(1100, 1600, 900, 900)))) as edge:
        assert edge.size == (91, 84)


def test_the_box_of_a_line_is_where_its_ink_is(files: FileStore, tmp_path: Path) -> None:
    sha256 = kept(files, make_files.pdf(tmp_path / "a.pdf", draw).read_bytes())
    (line,) = read(files.original(sha256), "a.pdf", LIMITS).lines
    with Image.open(page_image(files, sha256, PDF, 2)) as page:
        ink = page.convert("L").point(lambda value: 255 if value < 100 else 0).getbbox()
    assert ink is not None
    box = line.region
    assert box.x <= ink[0] and box.y <= ink[1] and box.x + box.w >= ink[2] and box.y + box.h >= ink[3]
    assert box.w - (ink[2] - ink[0]) <= 8 and box.h - (ink[3] - ink[1]) <= 14


def test_a_page_of_absurd_size_is_drawn_small_or_not_at_all(files: FileStore, tmp_path: Path) -> None:
    def large(canvas: Canvas) -> None:
        for side in (10_000, 1_000_000):
            canvas.setPageSize((side, 500))
            canvas.showPage()

    sha256 = kept(files, make_files.pdf(tmp_path / "a.pdf", large).read_bytes())
    with Image.open(page_image(files, sha256, PDF, 1)) as page:
        assert page.size == (3000, 150)
    with pytest.raises(errors.PageTooLarge):
        page_image(files, sha256, PDF, 2)


def test_what_has_no_page_image_says_so(files: FileStore, tmp_path: Path) -> None:
    sha256 = kept(files, b"Text")
    with pytest.raises(errors.NoPageImage):
        page_image(files, sha256, "text/plain", 1)
    assert [has_images(kind) for kind in ("text/plain", PDF, "image/png")] == [False, True, True]
    with pytest.raises(storage_errors.CopyMissing):
        page_image(files, "0" * 64, PDF, 1)
    book = kept(files, make_files.pdf(tmp_path / "a.pdf", draw).read_bytes())
    for page in (0, 3):
        with pytest.raises(errors.NoSuchPage):
            page_image(files, book, PDF, page)
    tiff = kept(
        files,
        make_files.encoded(make_files.picture(), "TIFF", save_all=True, append_images=[make_files.picture(90, 60)]),
    )
    assert page_size(files, tiff, "image/tiff", 2) == (90, 60)
    with pytest.raises(errors.NoSuchPage):
        page_image(files, tiff, "image/tiff", 3)


def draw_all(root: Path, sha256: str) -> None:
    for page in range(1, 6):
        with Image.open(page_image(FileStore(root), sha256, PDF, page)) as image:
            image.load()


def test_several_processes_draw_the_same_pages_at_once(
    files: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Tests of pages leave their script as the main program; a new process would run it.
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)
    sha256 = kept(files, make_files.book(tmp_path / "book.pdf", pages=5).read_bytes())
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=draw_all, args=(files.root, sha256)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert sorted(path.name for path in files.page_image_path(sha256, 1).parent.iterdir()) == [
        f"{page:04d}.jpg" for page in range(1, 6)
    ]
    assert list((files.root / ".incoming").iterdir()) == []
