"""Makes the rule-made half of the citation cases from the sample's texts and claims: `python -m bench.citation_cases`.

Each rule starts from what a source truly says (a sentence of it, or a hand-made claim with its quote) and keeps it or
spoils it in one way. The halves are different documents, so that a rule tuned on one is tested on words it has not
seen. `bench/citations/hand.jsonl` is written by people and is not touched.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.quotes import locate_quote
from llm.language import guess
from llm.sentences import sentences

FOLDER = Path(__file__).with_name("citations")
SAMPLE = Path(__file__).resolve().parent.parent / "sample"
TUNED = ("prag", "gottorf", "halle", "worm", "italy")
HELD = ("ambras", "dresden-muenchen", "hainhofer", "petersburg", "kircher", "tradescant-sloane")
_LOOKALIKES = (("rn", "m"), ("m", "rn"), ("c", "e"), ("u", "n"), ("n", "u"), ("l", "1"), ("s", "f"), ("h", "b"))
_DROPPED = ".,'"
_NEGATIONS = {
    "de": (r"\b(wurde|war|ist|steht|starb|kam|hatte|schuf|schrieb)\b", r"\1 nicht"),
    "en": (r"\b(was|is|were|are|had|has)\b", r"\1 not"),
}
_ONE_WAY = {"GAVE_TO", "ACQUIRED", "SERVED", "WROTE", "CHILD_OF", "SUCCEEDED", "FOUNDED", "OWNED_BY", "TAUGHT_AT"}

JSON = dict[str, Any]


@dataclass(frozen=True)
class Passage:
    """A paragraph of the sample."""

    id: str
    title: str
    heading: str
    text: str

    @property
    def document(self) -> str:
        return self.id.rsplit("-", 1)[0]

    @property
    def language(self) -> str:
        return guess(self.text) or "en"


@dataclass(frozen=True)
class Claim:
    """A hand-made claim in the language of its source, with the words that make it."""

    line: JSON
    passage: Passage

    @property
    def text(self) -> str:
        return str(self.line["text"])

    @property
    def quote(self) -> str:
        return str(self.line["quote"])


def passages() -> list[Passage]:
    """Every paragraph of the sample's texts that says something."""
    found: list[Passage] = []
    for path in sorted((SAMPLE / "texts").iterdir()):
        title = heading = ""
        for block in path.read_text(encoding="utf-8").split("\n\n"):
            block = block.strip()
            if block.startswith("# ") or not title:
                title = block.lstrip("# ")
            elif block.startswith("#") or len(block) < 80:
                heading = block.lstrip("# ")
            else:
                found.append(Passage(f"{path.stem}-{len(found)}", title, heading, block))
    return found


def claims(all_passages: Sequence[Passage]) -> list[Claim]:
    """The sample's claims whose words stand in one paragraph of the same language."""
    found: list[Claim] = []
    for raw in (SAMPLE / "statements.jsonl").read_text(encoding="utf-8").splitlines():
        line = json.loads(raw)
        if line["type"] != "statement" or line["confidence"] < 1 or not line["document"].startswith("texts/"):
            continue
        here = (p for p in all_passages if p.document == Path(line["document"]).stem)
        passage = next((p for p in here if locate_quote(p.text, line["quote"])), None)
        if passage and guess(line["text"]) in (passage.language, None):
            found.append(Claim(line, passage))
    return found


class Maker:
    """Makes cases of one half and language."""

    def __init__(self, own: Sequence[Claim], seed: str) -> None:
        self.random = random.Random(seed)
        self.own = list(own)
        self.all = list(own)

    def taken(self, make: Callable[[Claim], JSON | None], count: int) -> Iterator[JSON]:
        """The first cases that the rule can make, each from another claim."""
        made = 0
        self.random.shuffle(self.own)
        for claim in self.own:
            if made == count:
                return
            if case := make(claim):
                made += 1
                yield case

    def exact(self, claim: Claim) -> JSON | None:
        whole = self.sentence(claim)
        return case("exact", claim, whole, whole, True) if whole else None

    def no_quote(self, claim: Claim) -> JSON | None:
        whole = self.sentence(claim)
        return case("exact, no quote", claim, whole, "", True) if whole else None

    def paraphrase(self, claim: Claim) -> JSON | None:
        same = claim.text.rstrip(".") in claim.passage.text
        return None if same else case("paraphrase", claim, claim.text, claim.quote, True)

    def misread(self, claim: Claim) -> JSON | None:
        return case("misread", claim, claim.text, claim.quote, True, text=self.noisy(claim.passage.text))

    def broken(self, claim: Claim) -> JSON | None:
        """The source is set in narrow lines, with words parted at their ends."""
        text = self.narrow(claim.passage.text)
        at = locate_quote(text, claim.quote)
        if at is None or not re.search(r"[-¬=]\n", text[at.start : at.end]):
            return None
        return case("hyphenated", claim, claim.text, claim.quote, True, text=text)

    def wrong_number(self, claim: Claim) -> JSON | None:
        return self.other_number(claim, claim.passage.text, "wrong number")

    def misread_number(self, claim: Claim) -> JSON | None:
        return self.other_number(claim, self.noisy(claim.passage.text), "misread, wrong number")

    def other_number(self, claim: Claim, text: str, kind: str) -> JSON | None:
        said = re.findall(r"\b\d{2,4}\b", claim.text)
        if not said:
            return None
        near = [n for n in re.findall(r"\b\d{4}\b", claim.passage.text) if n not in claim.text + claim.quote]
        other = self.random.choice(near) if near and len(said[-1]) == 4 else str(int(said[-1]) + 3)
        answer = claim.text.replace(said[-1], other)
        quote = claim.quote.replace(said[-1], other) if self.random.random() < 0.3 else claim.quote
        return case(kind, claim, answer, quote, False, text=None if text == claim.passage.text else text)

    def wrong_name(self, claim: Claim) -> JSON | None:
        for end in ("object", "subject"):
            name, kind = claim.line[end], claim.line[f"{end}_type"]
            if kind not in ("Person", "Place") or name not in claim.text:
                continue
            beside = {
                str(other.line[e])
                for other in self.all
                for e in ("subject", "object")
                if other.line[f"{e}_type"] == kind and other.line[e] not in claim.text + claim.quote
            }
            near = sorted(each for each in beside if each in claim.passage.text) or sorted(beside)
            wrong = self.random.choice(near)
            if not self.known(claim, end, wrong):
                return case("wrong name", claim, claim.text.replace(name, wrong), claim.quote, False)
        return None

    def negated(self, claim: Claim) -> JSON | None:
        pattern, put = _NEGATIONS[claim.passage.language]
        said = re.sub(pattern, put, claim.text, count=1)
        return None if said == claim.text else case("negation", claim, said, claim.quote, False)

    def swapped(self, claim: Claim) -> JSON | None:
        a, b = claim.line["subject"], claim.line["object"]
        if claim.line["subject_type"] != "Person" or claim.line["object_type"] not in ("Person", "Organisation"):
            return None
        if claim.line["predicate"] not in _ONE_WAY or a in b or b in a:
            return None
        if any(name not in claim.text or f"{name}. " in claim.text for name in (a, b)):
            return None
        said = claim.text.replace(a, "\0").replace(b, a).replace("\0", b)
        return case("swapped", claim, said, claim.quote, False)

    def elsewhere(self, claim: Claim) -> JSON | None:
        """The words are true, but stand in another source than the one that is cited."""
        wrong = self.random.choice([o for o in self.all if o.passage.document != claim.passage.document])
        made = case("quote of another source", claim, claim.text, claim.quote, False)
        return made | {"passage": wrong.passage.id}

    def invented(self, claim: Claim) -> JSON | None:
        wrong = self.random.choice([o for o in self.all if o.passage.document != claim.passage.document])
        return case("invented", claim, wrong.text, wrong.text.rstrip("."), False)

    def known(self, claim: Claim, end: str, name: str) -> bool:
        """Whether the sample claims the same of another name."""
        rest = "subject" if end == "object" else "object"
        return any(
            o.line["predicate"] == claim.line["predicate"] and o.line[end] == name and o.line[rest] == claim.line[rest]
            for o in self.all
        )

    def sentence(self, claim: Claim) -> str | None:
        """The whole sentence of the source that makes the claim."""
        at = locate_quote(claim.passage.text, claim.quote)
        spans = list(sentences(claim.passage.text))
        whole = next((claim.passage.text[a:b] for a, b in spans if at and a <= at.start and at.end <= b), None)
        return whole if whole and len(whole) < 260 else None

    def noisy(self, text: str) -> str:
        """The text as a machine misreads it: look-alikes, lost signs, split words; about one letter in 40."""
        out: list[str] = []
        at = 0
        while at < len(text):
            pair = next((p for p in _LOOKALIKES if text.startswith(p[0], at)), None)
            if pair and self.random.random() < 0.06:
                out.append(pair[1])
                at += len(pair[0])
                continue
            lost = text[at] in _DROPPED and self.random.random() < 0.15
            out.append("" if lost else text[at])
            if text[at].islower() and self.random.random() < 0.004:
                out.append(" ")
            at += 1
        return "".join(out)

    def narrow(self, text: str, width: int = 42) -> str:
        """The text in lines of about `width`, long words parted with one of the signs that old prints use."""
        sign = self.random.choice(["-", "-", "¬", "=", "\u00ad"])
        lines, line = [], ""
        for word in text.split():
            room = width - len(line)
            if len(word) > room and room > 4 and len(word) > 7 and word[: len(word) // 2].isalpha():
                half = min(len(word) // 2, room - 1)
                lines.append(f"{line}{word[:half]}{sign}")
                line = f"{word[half:]} "
            elif len(word) > room:
                lines.append(line.rstrip())
                line = f"{word} "
            else:
                line += f"{word} "
        return "\n".join([*lines, line.rstrip()])


def case(kind: str, claim: Claim, answer: str, quote: str, supported: bool, text: str | None = None) -> JSON:
    """One case as it is stored; `text` where the source was changed."""
    made: JSON = {
        "kind": kind,
        "language": claim.passage.language,
        "passage": claim.passage.id,
        "answer": answer.rstrip(".") + " [1].",
        "quote": quote,
        "supported": supported,
    }
    return made | ({"text": text} if text else {})


def make() -> list[JSON]:
    """The passages that are used, then the cases."""
    every = passages()
    all_claims = claims(every)
    cases: list[JSON] = []
    for half, documents in (("tuned", TUNED), ("held", HELD)):
        for language in ("de", "en"):
            own = [c for c in all_claims if c.passage.document in documents and c.passage.language == language]
            maker = Maker(own, f"{half} {language}")
            for rule, count in (
                (maker.exact, 4),
                (maker.no_quote, 4),
                (maker.paraphrase, 12),
                (maker.misread, 10),
                (maker.broken, 6),
                (maker.wrong_number, 7),
                (maker.misread_number, 4),
                (maker.wrong_name, 7),
                (maker.negated, 6),
                (maker.swapped, 5),
                (maker.elsewhere, 5),
                (maker.invented, 4),
            ):
                cases += [{"half": half} | each for each in maker.taken(rule, count)]
    used = {made["passage"] for made in cases}
    return [{"id": p.id, "title": p.title, "heading": p.heading, "text": p.text} for p in every if p.id in used] + cases


def main() -> None:
    """Write the passages and the cases."""
    lines = [json.dumps(line, ensure_ascii=False) for line in make()]
    FOLDER.joinpath("made.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} lines")


if __name__ == "__main__":
    main()
