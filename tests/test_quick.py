"""The model-free extractor: whom and what passages name, in German and English, and what stands together."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.types import Chunk, Extraction, normalise
from graph.vocabulary import TYPES
from ingest.quick import extract_quick

ENGLISH = (
    "Ole Worm was born in Aarhus on 13 May 1588. He studied in Marburg and took his degree at Basel in 1611. Two years "
    "later he was a professor at the University of Copenhagen. He was also a physician to King Christian IV.",
    "Worm stayed in Copenhagen when the plague came in 1654. The catalogue, Museum Wormianum, was published in Leiden. "
    "Worm's letters and the horn of a narwhal survive. His nephew was the anatomist Thomas Bartholin.",
    "The narwhal had been drawn for him by G. Wingendorp. In the 1820s the cabinet of Worm was dissolved; "
    "the National Museum of Denmark grew from it.",
)
GERMAN = (
    "Rudolf II. wurde am 18. Juli 1552 in Wien geboren. Er war der Sohn Maximilians II. und der Maria von Spanien. "
    "1583 verlegte er die Residenz von Wien nach Prag. Die Kunstkammer war ein Ort für Maler und Astronomen.",
    "Giuseppe Arcimboldo hatte schon Rudolfs Großvater gedient; sein »Vertumnus«, um 1590 gemalt, zeigt den Kaiser. "
    "Der Uhrmacher Jost Bürgi baute für Rudolf Uhren. Tycho Brahe kam 1599 nach Böhmen.",
    "Das Inventar der Kunstkammer beginnt mit Hörnern. Bürgi und Brahe trafen sich. Die Krone Rudolfs II. liegt "
    "heute im Kunsthistorischen Museum. Die Beute des Dreißigjährigen Krieges ging an Königin Christina von Schweden.",
)


def chunks(*texts: str, document: str = "d") -> list[Chunk]:
    return [Chunk(f"{document}{n}", document, n, text, 0, len(text)) for n, text in enumerate(texts)]


def quick(*texts: str, language: str | None = None) -> list[Extraction]:
    return extract_quick(chunks(*texts), language, "c")


def counted(extraction: Extraction) -> dict[str, int]:
    return {mention.entity.name: mention.count for mention in extraction.mentions}


def once(listed: str) -> dict[str, int]:
    return dict.fromkeys(listed.split(", "), 1)


def kinds(extractions: Sequence[Extraction]) -> dict[str, str]:
    return {mention.entity.name: mention.entity.type for found in extractions for mention in found.mentions}


def names(text: str, language: str | None = None) -> set[str]:
    return set(counted(quick(text, language=language)[0]))


def test_an_english_document() -> None:
    first, second, third = quick(*ENGLISH)
    assert counted(first) == once(
        "Ole Worm, Aarhus, 13 May 1588, Marburg, Basel, 1611, University of Copenhagen, Christian IV"
    )
    assert counted(second) == {
        "Ole Worm": 2,
        **once("Copenhagen, 1654, Museum Wormianum, Leiden, narwhal, Thomas Bartholin"),
    }
    assert counted(third) == once("narwhal, G. Wingendorp, 1820s, Ole Worm, National Museum of Denmark")


def test_a_german_document() -> None:
    first, second, third = quick(*GERMAN)
    assert counted(first) == {
        "Wien": 2,
        **once("Rudolf II, 18. Juli 1552, Maximilian II, Maria von Spanien, 1583, Prag, Kunstkammer"),
    }
    assert counted(second) == {
        "Rudolf II": 2,
        **once("Giuseppe Arcimboldo, Vertumnus, 1590, Jost Bürgi, Tycho Brahe, 1599, Böhmen"),
    }
    assert counted(third) == once(
        "Kunstkammer, Jost Bürgi, Tycho Brahe, Rudolf II, Kunsthistorisches Museum, Dreißigjähriger Krieg, "
        "Christina von Schweden"
    )


def test_types_come_from_rules_and_say_so() -> None:
    found = kinds([*quick(*ENGLISH), *quick(*GERMAN)])
    assert {name: found[name] for name in ("Ole Worm", "Rudolf II", "Maria von Spanien", "G. Wingendorp")} == {
        "Ole Worm": "Person",
        "Rudolf II": "Person",
        "Maria von Spanien": "Person",
        "G. Wingendorp": "Person",
    }
    assert found["Wien"] == found["Aarhus"] == found["Böhmen"] == "Place"
    assert found["University of Copenhagen"] == found["Kunsthistorisches Museum"] == "Organisation"
    assert found["Vertumnus"] == "Work"
    assert found["Dreißigjähriger Krieg"] == "Event"
    assert found["13 May 1588"] == found["1583"] == found["1820s"] == "Date"
    for extraction in (*quick(*ENGLISH), *quick(*GERMAN)):
        for mention in extraction.mentions:
            assert mention.entity.trust == (0 if mention.entity.type == "Thing" else 1)


def test_a_short_form_is_kept_as_alias_of_the_full_name() -> None:
    worm = next(m.entity for m in quick(*ENGLISH)[0].mentions if m.entity.name == "Ole Worm")
    assert worm.aliases == ("Worm",)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Johann Hofmann lived in Leipzig. Hofmann, Johann, died in Leipzig in 1702.", "en"),
        ("Johann Hofmann lebte in Leipzig. Hofmann, Johann, starb 1702 in Leipzig.", "de"),
        ("Leonardo da Vinci lived in Milan. Later Leonardo lived in Amboise.", "en"),
    ],
)
def test_a_given_name_alone_is_no_alias(text: str, language: str) -> None:
    people = [m.entity for m in quick(text, language=language)[0].mentions if m.entity.type == "Person"]
    assert [person.aliases for person in people] in ([("Hofmann",)], [()])


def test_a_surname_of_two_people_stands_for_neither() -> None:
    found = names("John Tradescant met Hester Tradescant in London. Then Tradescant died.", "en")
    assert found == {"John Tradescant", "Hester Tradescant", "London", "Tradescant"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The book belonged to Henry VIII and later to James K. Polk.", {"Henry VIII", "James K. Polk"}),
        ("Pope Innocent X consulted him. The works of Kepler were kept.", {"Innocent X", "Kepler"}),
        (
            "He read the Journal of Small Business Management at Harvard.",
            {"Journal of Small Business Management", "Harvard"},
        ),
        ("In January it was cold. On Monday he left for Paris.", {"Paris"}),
        ("Peter the Great saw the Great Northern War.", {"Peter the Great", "Great Northern War"}),
        ("Visitors came. However, Danish texts survive.", set()),
        ("It was sold to Penguin Books by John Williams.", {"Penguin Books", "John Williams"}),
        ("Jean-François Champollion read the hieroglyphs in 1822.", {"Jean-François Champollion", "1822"}),
        ("Peter Paul Rubens painted it for Christina of Sweden.", {"Peter Paul Rubens", "Christina of Sweden"}),
        (
            "She was painted by Adriaen de Vries and Maria van Oosterwijck.",
            {"Adriaen de Vries", "Maria van Oosterwijck"},
        ),
    ],
)
def test_english_sentences(text: str, expected: set[str]) -> None:
    assert names(text, "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Der Schrank steht im Garten. Die Muscheln lagen in einer Schublade.", set()),
        (
            "Herzog Friedrich III. von Schleswig-Holstein-Gottorf regierte.",
            {"Friedrich III von Schleswig-Holstein-Gottorf"},
        ),
        ("Er reiste mit dem Zug von Augsburg nach Italien.", {"Augsburg", "Italien"}),
        (
            "Im 17. Jahrhundert schrieb Johann Wolfgang von Goethe nicht.",
            {"17. Jahrhundert", "Johann Wolfgang von Goethe"},
        ),
        ("Den Globus bekam Zar Peter der Große im Jahr 1713.", {"Peter der Große", "1713"}),
        ("Das Werkzeug aus Elfenbein gehörte dem Dr. Hans Meier.", {"Hans Meier"}),
        ("Die Abbildung zeigt die Beschreibung einer Sammlung.", set()),
        ("Am Montag und im März war die Ausstellung geschlossen.", set()),
        ("Seine Reise und sein Weg führten durch die Welt.", set()),
    ],
)
def test_german_sentences(text: str, expected: set[str]) -> None:
    assert names(text, "de") == expected


def test_regnal_numbers_with_and_without_a_dot_are_one_entity() -> None:
    first, second = quick(
        "Ferdinand I. war König.", "Der Bruder von Ferdinand I war Kaiser Karl V. und er lebte in Gent.", language="de"
    )
    assert [m.entity.id for m in first.mentions] == [
        m.entity.id for m in second.mentions if m.entity.name == "Ferdinand I"
    ]
    assert set(counted(second)) == {"Ferdinand I", "Karl V", "Gent"}


def test_terms_need_two_passages_and_keep_their_base_form() -> None:
    text = "The cabinet held corals and a magic lantern."
    assert names(text, "en") == set()
    again = "A coral was broken. The magic lantern was sold."
    assert [set(counted(e)) for e in quick(text, again, language="en")] == [{"coral", "magic lantern"}] * 2
    assert kinds(quick(text, again, language="en")) == {"coral": "Material", "magic lantern": "Object"}
    german = quick("Dort lagen Korallen im Fach.", "Eine Koralle war zerbrochen.", language="de")
    assert [counted(e) for e in german] == [{"Koralle": 1}, {"Koralle": 1}]


def test_co_occurrence_is_counted_by_sentence() -> None:
    (found,) = quick(
        "Ole Worm met Thomas Bartholin in Leiden. Ole Worm wrote to Thomas Bartholin. Leiden is far.", language="en"
    )
    ids = {m.entity.name: m.entity.id for m in found.mentions}
    weights = {(c.a, c.b): c.weight for c in found.co_occurrences}

    def weight(one: str, two: str) -> int:
        a, b = sorted((ids[one], ids[two]))
        return weights[a, b]

    assert weight("Ole Worm", "Thomas Bartholin") == 2
    assert weight("Ole Worm", "Leiden") == weight("Leiden", "Thomas Bartholin") == 1
    assert len(weights) == 3


def test_a_register_of_names_makes_few_pairs() -> None:
    register = ", ".join(f"Anna Musterfrau{chr(65 + n)}{chr(97 + n)}" for n in range(26))
    (found,) = quick(f"They were {register}.", language="en")
    assert len(found.mentions) == 26
    assert len(found.co_occurrences) <= 30


def test_documents_do_not_explain_each_other() -> None:
    both = [*chunks("Ole Worm lived in Aarhus.", document="a"), *chunks("He met Worm.", document="b")]
    assert [set(counted(e)) for e in extract_quick(both, "en", "c")] == [{"Ole Worm", "Aarhus"}, {"Worm"}]


def test_collections_keep_their_entities_apart() -> None:
    (one,) = extract_quick(chunks("He lived in Aarhus."), "en", "one")
    (two,) = extract_quick(chunks("He lived in Aarhus."), "en", "two")
    assert one.mentions[0].entity.name == two.mentions[0].entity.name == "Aarhus"
    assert one.mentions[0].entity.id != two.mentions[0].entity.id


def test_other_scripts_are_named_as_they_are_written() -> None:
    assert "山田太郎" in names("The painter 山田太郎 (Yamada Tarō) lived in Kyoto.", "en")
    assert "Αριστοτέλης" in names("Ο μεγάλος Αριστοτέλης έγραψε στην Αθήνα. Τότε ο Αριστοτέλης έφυγε.")
    assert "Санкт-Петербург" in names("Он приехал в город Санкт-Петербург весной.")
    assert names("كان الرجل في المدينة القديمة") == set()


PIECES = [
    "Ole Worm", "Worm's", "Rudolfs II.", "II", "»", "«", "*", "_", "\n", "\n\n", ". ", ", ", " von ", " of the ", "St.",
    "1588", "13 May", "18. Juli", "der ", "Die ", "A. B.", "'s", "’", "-", "&", "山田", "Ünïcödé", "ΑΒΓ", "#", "HALLE",
    "Kunstkammer", "corals", "\u00ad", "\u0301", "ﬁ", "İ", "ß", "\ud800", "\x00", "\u200f", "``", "''", "(", ")",
]  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=60).map("".join))


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(TEXTS, max_size=4), language=st.sampled_from([None, "de", "en", "fr", "xx"]))
def test_any_text_gives_sound_entities(texts: list[str], language: str | None) -> None:
    given_chunks = chunks(*texts)
    found = extract_quick(given_chunks, language, "c")
    assert [e.chunk for e in found] == [c.id for c in given_chunks]
    assert found == extract_quick(given_chunks, language, "c")
    for extraction in found:
        ids = [mention.entity.id for mention in extraction.mentions]
        assert len(set(ids)) == len(ids)
        assert not extraction.statements
        for mention in extraction.mentions:
            entity = mention.entity
            assert mention.chunk == extraction.chunk
            assert mention.count >= 1
            assert entity.id == entity.make_id("c", entity.name)
            assert entity.type in TYPES
            for name in (entity.name, *entity.aliases):
                assert normalise(name)
                assert len(name) <= 120
                assert name == " ".join(name.split())
                assert not set(name) & set("\n\r\t\x00\x1f\x7f\u2028")
                name.encode("utf-8")
        assert [(c.a, c.b) for c in extraction.co_occurrences] == sorted(
            {(c.a, c.b) for c in extraction.co_occurrences}
        )
        for pair in extraction.co_occurrences:
            assert pair.a < pair.b
            assert pair.weight >= 1
            assert {pair.a, pair.b} <= set(ids)


@settings(max_examples=60, deadline=None)
@given(times=st.integers(1, 9))
def test_counts_are_occurrences(times: int) -> None:
    (found,) = quick("He wrote to Thomas Bartholin from Leiden. " * times, language="en")
    assert counted(found) == {"Thomas Bartholin": times, "Leiden": times}


def test_the_order_of_passages_changes_no_entity() -> None:
    there, back = (extract_quick(list(order), "en", "c") for order in (chunks(*ENGLISH), reversed(chunks(*ENGLISH))))
    assert {e.chunk: counted(e) for e in there} == {e.chunk: counted(e) for e in back}


def test_words_divided_at_the_end_of_a_line_are_whole() -> None:
    assert names("He lived in Copen-\nhagen and knew Thomas Bar\u00adtholin.", "en") == {
        "Copenhagen",
        "Thomas Bartholin",
    }
    assert names("He travelled with Adam\nOlearius to Isfahan.", "en") == {"Adam Olearius", "Isfahan"}
    assert names("Die Kunst-\nund Wunderkammer stand in Augs-\nburg.", "de") == {"Augsburg"}


def test_a_line_in_capitals_names_what_the_text_names() -> None:
    found = quick("OLE WORM AND HIS MUSEUM\n\nOle Worm lived in Aarhus.", "THE LETTERS OF OLE WORM", language="en")
    assert [counted(e) for e in found] == [{"Ole Worm": 2, "Aarhus": 1}, {"Ole Worm": 1}]


def test_latin_titles_need_no_quotation_marks() -> None:
    found = quick("Kircher's Ars magna lucis et umbrae appeared in Rome in 1646.", language="en")
    assert kinds(found) == {"Kircher": "Thing", "Ars magna lucis et umbrae": "Work", "Rome": "Place", "1646": "Date"}


def test_years_are_not_amounts() -> None:
    assert names("He paid 1500 guilders for 1200 books, see p. 1655.", "en") == set()
    assert names("Tycho Brahe kam 1599 nach Prag; 1200 Gulden kostete es.", "de") == {"Tycho Brahe", "1599", "Prag"}
    assert names("She won at the 1976 Summer Olympics.", "en") == {"1976 Summer Olympics"}


def test_a_table_of_contents_names_no_people() -> None:
    found = quick(
        "III The Bezoar\nIV The Horn\nPlate V", "The Bezoar was costly. A horn came from Iceland.", language="en"
    )
    assert "Person" not in kinds(found).values()
    assert not {"The Bezoar", "The Horn", "Plate V"} & kinds(found).keys()
    assert names("II Die Silberbibel\nIII Das Salzfass", "de") == set()
