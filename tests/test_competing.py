"""Claims that contradict each other stand beside each other; claims that can both be true do not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Competing, Evidence, Mode, Retrieved
from ingest.submit import Options, submit
from ingest.worker import work
from llm.ask import ask
from llm.competing import days, lines, with_competing
from settings import Settings
from tests.fake_openai import FakeOpenAI, Words
from tests.page_homes import page_home
from tests.test_pages import run, words

TEXTS = {
    "olearius.txt": "Adam Olearius was born in Aschersleben in 1599. He wrote the Rosenthal. He wrote the Reise.",
    "lexikon.txt": "Adam Olearius, geboren 1603 in Aschersleben, sammelte Bücher. Er sammelte Münzen.",
    "brief.txt": "Adam Olearius was born in Halle on 14 May 1599, as a letter says. He met Paul Fleming.",
    "lage.txt": "Aschersleben lies in Anhalt. In 1650 the globe stood in Gottorf. In 1650 the globe stood in Moscow. "
    "In 1720 the globe stood in Petersburg. Some say that Olearius was born in Anhalt, about 1600.",
}
CLAIMS = [
    ("olearius.txt", "Adam Olearius", "BORN_ON", "1599", "Date", "was born in Aschersleben in 1599"),
    ("olearius.txt", "Adam Olearius", "BORN_IN", "Aschersleben", "Place", "was born in Aschersleben in 1599"),
    ("olearius.txt", "Adam Olearius", "WROTE", "Rosenthal", "Work", "He wrote the Rosenthal."),
    ("olearius.txt", "Adam Olearius", "WROTE", "Reise", "Work", "He wrote the Reise."),
    ("lexikon.txt", "Adam Olearius", "BORN_ON", "1603", "Date", "geboren 1603 in Aschersleben"),
    ("lexikon.txt", "Adam Olearius", "COLLECTED", "Bücher", "Object", "sammelte Bücher"),
    ("lexikon.txt", "Adam Olearius", "COLLECTED", "Münzen", "Object", "sammelte Münzen"),
    ("brief.txt", "Adam Olearius", "BORN_ON", "14 May 1599", "Date", "born in Halle on 14 May 1599"),
    ("brief.txt", "Adam Olearius", "BORN_IN", "Halle", "Place", "was born in Halle"),
    ("brief.txt", "Adam Olearius", "MET", "Paul Fleming", "Person", "He met Paul Fleming."),
    ("lage.txt", "Aschersleben", "LOCATED_IN", "Anhalt", "Place", "Aschersleben lies in Anhalt."),
    ("lage.txt", "Adam Olearius", "BORN_IN", "Anhalt", "Place", "Olearius was born in Anhalt"),
    ("lage.txt", "Globe", "LOCATED_IN", "Gottorf", "Place", "In 1650 the globe stood in Gottorf.", "1650"),
    ("lage.txt", "Globe", "LOCATED_IN", "Moscow", "Place", "In 1650 the globe stood in Moscow.", "1650"),
    ("lage.txt", "Globe", "LOCATED_IN", "Petersburg", "Place", "In 1720 the globe stood in Petersburg.", "1720"),
]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    folder: Path = tmp_path_factory.mktemp("sources")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    claims = [
        {
            "type": "statement",
            "subject": subject,
            "subject_type": "Person",
            "predicate": predicate,
            "object": object_,
            "object_type": kind,
            "text": f"{subject} {predicate} {object_}.",
            "document": document,
            "quote": quote,
            "date": date[0] if date else "",
        }
        for document, subject, predicate, object_, kind, quote, *date in CLAIMS
    ]
    titles = [{"type": "document", "file": name, "title": name.split(".")[0]} for name in TEXTS]
    (folder / "claims.jsonl").write_text("\n".join(map(json.dumps, [*titles, *claims])), encoding="utf-8")
    with page_home(tmp_path_factory.mktemp("competing")) as made:
        with Store(made) as store:
            submit(store, made, [folder], Options())
            work(made, idle=0.1)
        yield made


@pytest.fixture(scope="module")
def retrieved(settings: Settings) -> Retrieved:
    """All passages as evidence of a question."""
    with Store(settings) as store:
        ids = [id_ for id_, _ in store.search.chunks_by_words("Olearius Aschersleben globe", 10, [DEFAULT_COLLECTION])]
        found = sorted(store.search.chunks(ids), key=lambda each: each.title)
        pieces = tuple(Evidence(n, f.chunk, f.title, f.media_type, 1.0) for n, f in enumerate(found, 1))
        assert [piece.title for piece in pieces] == ["brief", "lage", "lexikon", "olearius"]
        return with_competing(store, Retrieved("When was Olearius born?", Mode.GRAPH, pieces))


def sides(competing: Competing) -> dict[str, tuple[int, ...]]:
    return {side.value: side.evidence for side in competing.sides}


def test_other_dates_and_other_places_compete_and_nothing_else(retrieved: Retrieved) -> None:
    found = {(each.subject, each.predicate): sides(each) for each in retrieved.competing}
    assert set(found) == {
        ("Adam Olearius", "BORN_ON"),
        ("Adam Olearius", "BORN_IN"),
        ("Globe", "LOCATED_IN"),
    }
    # In Petersburg it stood at another time.
    assert found["Globe", "LOCATED_IN"] == {"Gottorf": (2,), "Moscow": (2,)}
    assert found["Adam Olearius", "BORN_ON"] == {"1599": (4,), "14 May 1599": (1,), "1603": (3,)}
    # Anhalt holds Aschersleben, which says so itself; Halle is another place than both.
    assert found["Adam Olearius", "BORN_IN"] == {"Aschersleben": (4,), "Halle": (1,), "Anhalt": (2,)}


def test_the_prompt_shows_them_beside_each_other(retrieved: Retrieved) -> None:
    messages = ask(retrieved, None, None, ()).messages
    block = messages[-1].text.split("<<<THE SOURCES DISAGREE\n")[1].split("\nTHE SOURCES DISAGREE>>>")[0]
    assert "- Adam Olearius, born on: " in block and "1603 [3]" in block and "1599 [4]" in block
    assert "choose none" in messages[0].text and "THE SOURCES DISAGREE" in messages[0].text


def test_without_a_contradiction_nothing_is_said(retrieved: Retrieved, settings: Settings) -> None:
    with Store(settings) as store:
        alone = Retrieved("What did he write?", Mode.GRAPH, retrieved.evidence[2:3])
        assert with_competing(store, alone).competing == ()
        assert "THE SOURCES DISAGREE" not in ask(alone, None, None, ()).messages[-1].text


def test_what_the_question_is_not_near_to_stays_away(retrieved: Retrieved, settings: Settings) -> None:
    with Store(settings) as store:
        far = Retrieved("Who met Fleming?", Mode.GRAPH, retrieved.evidence, nearest=("another",))
        assert with_competing(store, far).competing == ()


def test_a_line_for_each(retrieved: Retrieved) -> None:
    said = list(lines(retrieved.competing))
    assert any(line.startswith("Adam Olearius, born in: ") and "Halle [1]" in line for line in said)


@pytest.mark.parametrize(
    ("one", "other", "may_be_the_same"),
    [
        ("1599", "14 May 1599", True),
        ("14. Mai 1599", "14 May 1599", True),
        ("Oktober 1600", "3 October 1600", True),
        ("1599", "1603", False),
        ("about 1600", "1603", True),
        ("um 1600", "1610", False),
        ("1650-1664", "1655", True),
        ("13 May 1588", "31 May 1588", False),
        ("16. Jahrhundert", "1599", True),
        ("17th century", "1599", False),
        ("31 August 1654", "31 July 1654", False),
    ],
)
def test_dates_in_words(one: str, other: str, may_be_the_same: bool) -> None:
    a, b = days(one), days(other)
    assert a is not None and b is not None
    assert (a[0] <= b[1] and b[0] <= a[1]) is may_be_the_same


def test_what_is_no_date() -> None:
    assert days("Aschersleben") is None and days("Rudolf II.") is None


@pytest.mark.parametrize(
    ("locale", "question", "heading", "relation"),
    [
        ("en-GB", "When was Adam Olearius born?", "The sources disagree", "Adam Olearius: born on"),
        ("de-DE", "Wann wurde Adam Olearius geboren?", "Die Quellen widersprechen sich", "Adam Olearius: geboren am"),
    ],
)
def test_the_page_shows_both_with_their_sources(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, locale: str, question: str, heading: str, relation: str
) -> None:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(settings.home))
    said = words(run("ask", locale, q=question))
    box = said.split('class="wk-disagree"')[1].split("</div>")[0]
    assert heading in box and relation in box
    for value, title in (("1599", "olearius"), ("1603", "lexikon")):
        side = next(item for item in box.split("<li>") if f"<strong>{value}</strong>" in item)
        assert 'href="#evidence-' in side and title in side
    assert "COLLECTED" not in box and "wrote" not in box


@pytest.mark.parametrize(
    ("locale", "said"), [("en-GB", "Not found in the evidence"), ("de-DE", "In den Belegen nicht gefunden")]
)
def test_the_page_calls_an_answer_without_support_not_found(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, locale: str, said: str
) -> None:
    with FakeOpenAI() as server:
        monkeypatch.setenv("WUNDERKAMMER_HOME", str(settings.home))
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "test")
        server.replies(Words("Olearius flew to the moon in 1969 [1]."))
        app = run("ask", locale, q="When was Adam Olearius born?", model="gpt-4o-mini")
        app.button(key="answer.ask").click().run()
        assert [warning.value for warning in app.warning if warning.value.startswith(said)]
        assert "wk-unsupported" in words(app)
