"""From an answer to a finding: on the command line, with a model and without, and the same question asked again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.finding import Finding, Outcome, Standing
from graph.finding_changes import changes
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Node, Subgraph
from ingest.__main__ import main as ingest
from ingest.submit import remove_document
from llm.__main__ import main as llm
from settings import Settings
from share.__main__ import main as share
from tests import fake_openai as fake
from tests.fake_openai import FakeOpenAI
from tests.graph_samples import empty
from tests.make_findings import finding

WORM = "Ole Worm owned a great auk. He kept it in Copenhagen."
QUESTION = "Who owned a great auk?"


@pytest.fixture(scope="module")
def settings(embedded_server: Settings) -> Iterator[Settings]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WUNDERKAMMER_HOME", str(embedded_server.home))
        patch.setenv("WUNDERKAMMER_USER", "Anna")
        yield embedded_server


@pytest.fixture
def store(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Store]:
    with Store(settings) as opened:
        empty(opened)
        (tmp_path / "worm.txt").write_text(WORM)
        assert ingest(["add", str(tmp_path / "worm.txt"), "--extractor", "quick", "--yes", "--json"]) == 0
        capsys.readouterr()
        yield opened
        empty(opened)
        for each in opened.findings.listed(limit=1000):
            opened.findings.remove(each.id)


def test_an_answer_is_kept_by_the_command_with_what_it_quotes(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with FakeOpenAI() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        server.replies(fake.Words('Ole Worm did [1]. He ate it [1].\n<<<QUOTES\n[1] "Ole Worm owned a great auk"'))
        assert llm(["ask", QUESTION, "--model", "gpt-4o-mini", "--save", " Worm's  auk ", "--json"]) == 0
    asked = json.loads(capsys.readouterr().out)
    kept = store.findings.get(asked["finding"]).finding
    assert (kept.title, kept.who, kept.outcome, kept.model) == ("Worm's auk", "Anna", Outcome.ANSWERED, "gpt-4o-mini")
    assert kept.answer == asked["answer"] and [each.supported for each in kept.said] == [True, False]
    for piece, told in zip(kept.evidence, asked["evidence"], strict=True):
        assert [piece.n, piece.chunk, piece.document, piece.quote] == [
            told[k] for k in ("n", "chunk", "document", "text")
        ]
        assert piece.uri == str(tmp_path / "worm.txt") and WORM[piece.start : piece.end] == piece.quote
    cited = kept.said[0].citations[0]
    assert WORM[cited.start : cited.end] == cited.quote == "Ole Worm owned a great auk"
    assert {node.label for node in kept.nodes} == {node["label"] for node in asked["subgraph"]["nodes"]}
    assert kept.spent.tokens_in == asked["tokens"]["in"] and kept.prompt == asked["prompt"] and kept.state.stamp
    assert share(["list", "auk", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["total"] == 1 and listed["findings"][0]["id"] == asked["finding"]
    assert share(["list"]) == 0 and "Worm's auk – Who owned" in capsys.readouterr().out
    assert llm(["ask", QUESTION, "--model", "none", "--save", " ", "--json"]) == 2


def test_without_a_model_and_when_nothing_is_found(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = []
    for question in (QUESTION, "xyzzy"):
        assert llm(["ask", question, "--model", "none", "--save", question, "--json"]) == 0
        outcomes.append(store.findings.get(json.loads(capsys.readouterr().out)["finding"]).finding.outcome)
    assert outcomes[0] is Outcome.EVIDENCE_ONLY and outcomes[1] in (Outcome.EVIDENCE_ONLY, Outcome.NOT_FOUND)


def test_a_part_of_the_graph_is_kept_with_the_passages_of_its_claims(store: Store) -> None:
    rows = store.query("MATCH (s:Statement)-[:SUBJECT]->(e:__Entity__) RETURN DISTINCT e.id AS id, e.name AS name")
    nodes = tuple(Node(row["id"], row["name"], "Person") for row in rows)
    graph = store.surroundings.of(nodes[0].id, 10) if nodes else Subgraph()
    kept = store.drafts.drawn(graph, "Around Worm", "de")
    assert kept.outcome is Outcome.GRAPH and kept.language == "de" and kept.nodes == graph.nodes
    stated = {source.chunk for claim in kept.claims for source in claim.sources}
    assert stated == {piece.chunk for piece in kept.evidence}
    assert store.findings.get(store.findings.put(kept)).finding == kept


def test_asked_again_it_is_said_what_is_new_gone_and_the_same(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask() -> Finding:
        assert llm(["ask", QUESTION, "--model", "none", "--save", "t", "--json"]) == 0
        return store.findings.get(json.loads(capsys.readouterr().out)["finding"]).finding

    first = ask()
    assert not changes(first, ask())
    (tmp_path / "kircher.txt").write_text("Athanasius Kircher owned a great auk as well.")
    assert ingest(["add", str(tmp_path / "kircher.txt"), "--extractor", "quick", "--yes", "--json"]) == 0
    capsys.readouterr()
    more = changes(first, ask())
    assert [each.quote[:10] for each in more.evidence.new] == ["Athanasius"] and not more.evidence.gone
    (worm,) = {each.document for each in first.evidence}
    remove_document(store, store.settings, worm)
    less = changes(first, ask())
    assert {each.document for each in less.evidence.gone} == {worm} and not less.answer
    assert set(store.findings.standing(first).values()) == {Standing.GONE}


def test_differences_are_those_of_words_claims_and_answers() -> None:
    made = finding(collection=DEFAULT_COLLECTION)
    assert not changes(made, made)
    other = changes(made, finding(answer="No.", said=(), claims=(), evidence=made.evidence[:1]))
    assert other.answer and other.claims.gone == made.claims and other.evidence.gone == made.evidence[1:]
    assert other.evidence.same == made.evidence[:1]
