"""What is sent, as each target wants it: sound by its schema, small enough, and text of documents stays text."""

from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.delivery import Rule, When
from graph.finding import Finding, Kept, Listed, Outcome
from graph.jobs import Job
from graph.outbox import Imported
from share.message import Links, Message, of_digest, of_finding, of_import, of_test
from share.targets import LIMIT, TARGETS, body
from tests.make_findings import finding

BASE = "https://cabinet.example.org/kammer/"
LINKS = Links(BASE)
HOSTILE = (
    "[click](https://evil.example) **bold** _it_ `code` <at>Everyone</at> <b>x</b> <script>alert(1)</script> "
    "![p](https://evil.example/x.png) {{DATE(2026-01-01T00:00:00Z,SHORT)}} ${secret} @{triggerBody()} "
    "https://evil.example www.evil.example mailto:a@evil.example <!channel> <@U123> <https://evil.example|here> "
    ":smile: - list\n1. one\n# head \u202egnp.exe\u200b"
)


def _schema() -> dict[str, Any]:
    found = importlib.util.find_spec("adaptive_cards")
    assert found is not None and found.origin is not None
    told: dict[str, Any] = json.loads((Path(found.origin).parent / "schemas" / "schema-1.4.json").read_text("utf-8"))
    return told


VALIDATOR = jsonschema.Draft6Validator(_schema(), format_checker=jsonschema.FormatChecker())


def made(found: Finding, target: str = "teams", links: Links = LINKS) -> Any:
    sent = body(TARGETS[target], of_finding(Kept("f" * 32, found), links))
    assert len(sent.encode()) < LIMIT
    return json.loads(sent)


def card_of(sent: Any, validated: bool = True) -> dict[str, Any]:
    assert sent["type"] == "message" and len(sent["attachments"]) == 1
    attachment = sent["attachments"][0]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive" and attachment["contentUrl"] is None
    card: dict[str, Any] = attachment["content"]
    if validated:
        sound(card)
    return card


def sound(card: dict[str, Any]) -> None:
    # Teams' own addition, which the schema does not know.
    assert card["version"] == "1.4" and card["msteams"] == {"width": "Full"}
    VALIDATOR.validate({name: value for name, value in card.items() if name != "msteams"})


def nodes(value: Any) -> list[dict[str, Any]]:
    """All typed parts of a card."""
    if isinstance(value, list):
        return [node for each in value for node in nodes(each)]
    if not isinstance(value, dict):
        return []
    inside = [node for key, each in value.items() if key != "facts" for node in nodes(each)]
    return [value, *inside] if "type" in value else inside


def runs(card: Any) -> str:
    return " ".join(node["text"] for node in nodes(card) if node["type"] == "TextRun").replace("\u2060", "")


def test_the_schema_is_that_of_cards_and_finds_what_is_wrong() -> None:
    card = {"type": "AdaptiveCard", "version": "1.4", "body": []}
    VALIDATOR.validate(card)
    block = {"type": "TextBlock", "text": "x"}
    for wrong in ({"version": 1}, {"type": "Card"}, {"more": 1}):
        assert not VALIDATOR.is_valid(card | wrong)
    for element in ({"type": "TextBlock"}, {"type": "Nothing"}, block | {"more": 1}, block | {"weight": "heavy"}):
        assert not VALIDATOR.is_valid(card | {"body": [element]}), element


def test_a_card_has_the_answer_the_evidence_with_its_places_and_who_made_it() -> None:
    card = card_of(made(finding()))
    said = runs(card)
    assert said.startswith("Worm's auk Who owned a great auk? For the lecture. Ole Worm owned a great auk [1].")
    assert "He sold it to the pope [2].  (not supported by its sources)" in said
    assert "1   Museum Wormianum , page 3 “owned a great auk”" in said
    assert "2   Museum Wormianum , page 4 “The museum went to the king.”" in said
    assert "Royal Library, Copenhagen, https://creativecommons.org" in said
    (facts,) = [node["facts"] for node in nodes(card) if node["type"] == "FactSet"]
    assert {fact["title"]: fact["value"].replace("\\", "") for fact in facts} == {
        "Model": "gpt-4o-mini",
        "Looked for": "by what is connected",
        "Kept": "2026-11-20",
        "By": "Anna",
    }
    opened = [node["url"] for node in nodes(card) if node["type"] == "Action.OpenUrl"]
    assert set(opened) == {
        "https://cabinet.example.org/kammer/library?document=d1&page=3&region=10%2C20%2C300%2C40&start=109&end=126",
        "https://cabinet.example.org/kammer/library?document=d1&page=4&region=10%2C20%2C300%2C40&start=200&end=228",
        f"https://cabinet.example.org/kammer/findings?finding={'f' * 32}",
    }
    german = runs(card_of(made(finding(language="de"))))
    assert "durch die Quellen nicht gestützt" in german and "Seite 3" in german


@pytest.mark.parametrize("base", [None, "", "javascript:alert(1)", "https://a:b@example.org", "not an address"])
def test_without_an_address_of_the_app_there_are_no_links(base: str | None) -> None:
    for target in TARGETS:
        assert "http" not in re.sub(
            r"https?:[\u2060/]+(adaptivecards\.io|schema\.org|creativecommons\.org)", "",
            json.dumps(made(finding(), target, Links(base)), ensure_ascii=False),
        )  # fmt: skip
    assert "actions" not in card_of(made(finding(), links=Links(base)))


def test_pictures_only_where_everybody_can_see_them() -> None:
    first, second = finding().evidence
    image = "https://iiif.example.org/x/10,20,300,40/800,/0/default.jpg"
    shown = card_of(made(finding(evidence=(replace(first, image=image), replace(second, kind="caption")))))
    pictures = [node for node in nodes(shown) if node["type"] == "Image"]
    assert [node["url"] for node in pictures] == [image] and "Museum Wormianum" in pictures[0]["altText"]
    blocks = [node["text"] for node in nodes(shown) if node["type"] == "TextBlock"]
    assert sum("There is a picture" in text for text in blocks) == 1


def test_each_outcome_says_what_it_is() -> None:
    def remark(outcome: Outcome) -> str:
        card = card_of(made(finding(outcome=outcome, answer="", said=())))
        return " ".join(node["text"] for node in nodes(card) if node["type"] == "TextBlock").replace("\\", "")

    assert "no model wrote an answer" in remark(Outcome.EVIDENCE_ONLY)
    assert "4 of 5 pages in 2 documents were searched" in remark(Outcome.NOT_FOUND)
    assert "2 people, places and things, 1 claims" in remark(Outcome.GRAPH)


def hostile(text: str) -> Finding:
    first, second = finding().evidence
    pieces = (replace(first, title=text, quote=text, attribution=text, rights=text), replace(second, written_by=text))
    return finding(
        title=text,
        question=text + "?",
        note=text,
        answer=text,
        said=(),
        evidence=pieces,
        model=text,
        who=text,
        mode=text,
    )


def check_harmless(text: str, validated: bool = True) -> None:
    card = card_of(made(hostile(text)), validated)
    for node in nodes(card):
        if node["type"] in ("TextBlock", "FactSet", "Image"):
            shown = node.get("text") or node.get("altText") or str([fact["value"] for fact in node.get("facts", ())])
            assert not re.search(r"(?<!\\)(\]\(|\*\*|<at>|`)", shown.replace("\\\\", "\\")), shown
        if node["type"] == "Action.OpenUrl":
            assert node["url"].startswith(BASE)
    everything = json.dumps(card, ensure_ascii=False)
    assert "{{" not in everything and "${" not in everything and "@{" not in everything
    assert "://evil" not in everything and "\u202e" not in everything and "\u200b" not in everything
    old = json.dumps(made(hostile(text), "messagecard"), ensure_ascii=False)
    assert "<" not in old and all(not section["markdown"] for section in json.loads(old)["sections"])
    slack = made(hostile(text), "slack")
    assert "<" not in slack["text"]
    for block in slack["blocks"]:
        for part in [block["text"]] if "text" in block else block["elements"]:
            if part["type"] == "mrkdwn":
                assert re.fullmatch(re.escape(f"<{BASE}") + r"[^<>|]*\|[^<>|]*>", part["text"])


def test_nothing_of_a_document_is_a_link_a_mention_or_markup() -> None:
    check_harmless(HOSTILE)
    said = runs(card_of(made(hostile(HOSTILE))))
    assert "[click](https://evil.example) **bold**" in said, "and all of it is shown"
    assert json.loads(body(TARGETS["webhook"], of_finding(Kept("f", hostile(HOSTILE)), LINKS)))["kind"] == "finding"


@settings(deadline=None)
@given(st.text(max_size=120))
def test_no_text_at_all_is_more_than_text(text: str) -> None:
    check_harmless(text.replace("evil", ""), validated=False)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("letter", ["a", "山", "😀", '"', "\\", "]", "\x01"])
def test_however_long_a_finding_is_its_message_is_small_and_sound(target: str, letter: str) -> None:
    word = letter * 9 + " "
    first = finding().evidence[0]
    long = replace(first, quote=word * 500, title=word * 90, attribution=word * 90, rights=word * 90)
    many = tuple(replace(long, n=n) for n in range(1, 101))
    big = finding(
        title=word * 40, question=word * 100, note=word * 2000, answer=(word * 30 + ". ") * 300, said=(), evidence=many,
        model=word * 40, who=word * 40,
    )  # fmt: skip
    sent = made(big, target)
    if target == "teams":
        sound(sent["attachments"][0]["content"])
    elif target == "teams-card":
        sound(sent)
    elif target == "slack":
        assert len(sent["blocks"]) <= 50


def test_a_long_answer_is_cut_after_a_sentence_and_says_so() -> None:
    sentence = "Ole Worm owned a great auk, a horn and a tooth [1]."
    card = card_of(made(finding(answer=" ".join([sentence] * 400), said=())))
    said = runs(card)
    kept = said.count(sentence)
    assert 20 < kept < 400 and f"{sentence}  1 " in said
    assert any("all of it is in Wunderkammer" in node.get("text", "") for node in nodes(card))
    whole = card_of(made(finding()))
    assert not any("all of it is" in node.get("text", "") for node in nodes(whole))


def test_imports_digests_and_tests_are_sound_too() -> None:
    imported = Imported(Job("j", "default", "quick", "2026-01-01"), 0.0, 3, 40, 1)
    digest = Rule(When.DIGEST, "Teams", "default", "host", language="de")
    line = Listed(
        "a" * 32, HOSTILE, HOSTILE, Outcome.ANSWERED, "", None, "auto", "Anna", "2026-11-20", None, 1, 0, 1, 1
    )
    told: list[Message] = [
        of_import(imported, HOSTILE, digest, LINKS),
        of_digest([line] * 20, 31, digest, LINKS),
        of_test("en", LINKS),
    ]
    for message in told:
        for target in TARGETS.values():
            sent = json.loads(body(target, message))
            if target.id == "teams":
                card = card_of(sent)
                assert "://evil" not in json.dumps(card, ensure_ascii=False)
    assert "31" in json.dumps(json.loads(body(TARGETS["teams"], told[1])), ensure_ascii=False)
