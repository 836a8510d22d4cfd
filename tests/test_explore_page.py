"""The page Explore as a whole: what it draws, what it tells of what it does not draw, and all its views."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from graph.store import Store
from graph.types import DEFAULT_COLLECTION, ChunkKind, Extraction
from ingest.files import FileStore
from settings import Settings
from tests import graph_samples as samples
from tests.page_homes import page_home
from tests.test_pages import run, words

ATTACK = "<script>window.hacked=1</script> **bold** [x](javascript:alert(1))"
LONG = "Der sehr lange Name eines Gegenstandes " * 12
RIGHT_TO_LEFT = "אברהם אבן עזרא"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A hub with fifty places, names that are hard to draw, a date, a pair that stands apart."""
    with page_home(tmp_path_factory.mktemp("explore")) as settings:
        with Store(settings) as store:
            of = samples.document(DEFAULT_COLLECTION, "hub")
            (piece,) = samples.chunks(of, ["All that is claimed."])

            def named(name: str, type_: str = "Thing") -> object:
                return samples.entity(DEFAULT_COLLECTION, name, type_, 2)

            hub, prague = named("Hub", "Person"), named("Prague", "Place")
            pairs = [(hub, "VISITED", named(f"Place {n:02}", "Place")) for n in range(50)]
            pairs += [(hub, "MET", named(name)) for name in (ATTACK, LONG.strip(), RIGHT_TO_LEFT)]
            pairs += [(hub, "BORN_ON", named("um 1650", "Date")), (hub, "LIVED_IN", prague)]
            pairs += [(named("Lone 1"), "MET", named("Lone 2")), (prague, "PART_OF", named("Bohemia", "Place"))]
            claims = tuple(samples.statement(piece, a, p, b) for a, p, b in pairs)  # type: ignore[arg-type]
            samples.put(store, of, [piece], [Extraction(piece.id, statements=claims)])
        yield settings


@pytest.fixture
def at_home(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(home.home))


def id_of(name: str) -> str:
    return samples.entity(DEFAULT_COLLECTION, name).id


def drawn(app: AppTest) -> set[str]:
    """Ids of what the canvas was given."""
    found: set[str] = set(app.session_state["explore.canvas.ids"])
    return found


def test_a_hub_is_drawn_in_part_told_and_drawn_further(at_home: None) -> None:
    app = run("explore", entity=id_of("Hub"))
    assert "40 of 55 claims about Hub are drawn." in words(app)
    before = drawn(app)
    assert id_of("Hub") in before and len(before) == 41
    places = dict(app.session_state["explore.scene"].places)
    app.button(key=f"more-{id_of('Hub')}").click().run()
    assert before < drawn(app) and "are drawn." not in words(app)
    assert {id_: app.session_state["explore.scene"].places[id_] for id_ in before} == places


def test_two_are_looked_at_together_and_a_way_between_them_is_told(at_home: None) -> None:
    app = run("explore", entity=id_of("Hub"), **{"with": id_of("Prague")})
    assert "Hub LIVED_IN Prague" in words(app) and "1 claim" in words(app)
    app = run("explore", entity=id_of("Hub"), to=id_of("Bohemia"))
    said = words(app)
    assert "How Hub and Bohemia are connected" in said
    assert "Hub LIVED_IN Prague" in said and "Prague PART_OF Bohemia" in said
    assert {id_of("Hub"), id_of("Prague"), id_of("Bohemia")} <= drawn(app)
    app = run("explore", entity=id_of("Hub"), to=id_of("Lone 1"))
    assert "No chain of claims leads from one to the other." in words(app)


def test_names_that_are_hard_are_text(at_home: None) -> None:
    app = run("explore", entity=id_of(ATTACK))
    assert "<script>" not in words(app) and "&lt;script&gt;window.hacked=1&lt;/script&gt;" in words(app)
    assert drawn(app) == {id_of(ATTACK), id_of("Hub")}


def test_all_views_show_what_is_drawn(at_home: None) -> None:
    app = run("explore", "de-DE", entity=id_of("Hub"), view="picture")
    app.button(key=f"more-{id_of('Hub')}").click().run()
    app.segmented_control(key="explore.view").set_value("timeline").run()
    assert app.query_params["view"] == "timeline"
    assert "um 1650" in words(app) and "Hub · geboren am" in words(app) and "wk-doubt-date" in words(app)
    app.segmented_control(key="explore.view").set_value("map").run()
    assert "Prague" in words(app) and "wk-guessed" in words(app)
    assert "sind nicht auf der Karte" in words(app)
    app.segmented_control(key="explore.view").set_value("table").run()
    claims, entities = (frame.value for frame in app.dataframe)
    assert len(claims) == 55 and len(entities) == 56 and RIGHT_TO_LEFT in set(entities.iloc[:, 0])
    app.segmented_control(key="explore.view").set_value("groups").run()
    assert "Was Aussagen eng verbinden, ist eine Scheibe" in words(app)
    assert drawn(app) == {id_of("Hub")}
    app = run("explore", entity=id_of("Hub"), view="map")
    assert "wk-map" in words(app)


def test_a_group_that_is_gone_is_the_beginning(at_home: None) -> None:
    app = run("explore", group="nobody")
    assert not app.exception and len(drawn(app)) > 10
    app = run("explore", group=id_of("Hub"))
    assert id_of("Place 49") in drawn(app)


def test_only_what_fits_is_drawn_where_it_is_narrowed_and_everything_again(at_home: None) -> None:
    app = run("explore", "de-DE", only=samples.document(DEFAULT_COLLECTION, "hub").id, kind="Date")
    assert drawn(app) == {id_of("Hub"), id_of("um 1650")}
    app.button(key="explore.only.off").click().run()
    assert "kind" not in app.query_params and len(drawn(app)) > 10
    app.multiselect(key="explore.only.kinds").set_value(["Date"])
    app.text_input(key="explore.only.begin").set_value("1900")
    app.button(key="explore.only.apply").click().run()
    assert app.query_params["since"] == "1900" and drawn_nothing(app)
    app.text_input(key="explore.only.begin").set_value("neulich")
    app.button(key="explore.only.apply").click().run()
    assert "„neulich“ ließ sich nicht als Zeitangabe lesen" in words(app)
    assert drawn(app) == {id_of("Hub"), id_of("um 1650")}


def drawn_nothing(app: AppTest) -> bool:
    return "Nichts im Kabinett passt." in words(app)


def test_lines_and_pictures_that_are_too_many_are_told(
    home: Settings, at_home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = run("explore", entity=id_of("Hub"))
    assert "more lines between" not in words(app) and "are drawn as pictures" not in words(app)
    with Store(home) as store:
        content = io.BytesIO()
        Image.new("RGB", (200, 200), "teal").save(content, "PNG")
        kept = FileStore(home.files).put(io.BytesIO(content.getvalue()), "plate.png").sha256
        of = replace(samples.document(DEFAULT_COLLECTION, "plate"), sha256=kept, media_type="image/png")
        (piece,) = samples.chunks(of, ["Two of them."])
        piece = replace(piece, kind=ChunkKind.CAPTION, image_uri="plate.png", region=None)
        plate = samples.entity(DEFAULT_COLLECTION, "Plate", "Work", 2)
        seen = [samples.entity(DEFAULT_COLLECTION, f"Shell {n}", "Object", 2) for n in range(2)]
        claims = tuple(samples.statement(piece, plate, "DEPICTS", each) for each in seen)
        samples.put(store, of, [piece], [Extraction(piece.id, statements=claims)])
    monkeypatch.setattr("graph.surroundings.MOST_AMONG", 1)
    monkeypatch.setattr("pages.parts.node_pictures.MOST", 1)
    said = words(run("explore", entity=plate.id))
    assert "There are more lines between these than the 1 that are drawn." in said
    assert "1 are drawn as pictures, the most at once; 2 more have a picture." in said
