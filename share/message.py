"""A message before it has the form of any target: plain text in parts, with links that lead back to the cabinet.

All of its text is untrusted, for it comes from documents, models and people. Each target shows it letter for letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode, urlsplit

from graph.delivery import Rule
from graph.finding import Finding, Kept, Listed, Outcome, Piece
from graph.outbox import Imported
from llm.sentences import sentences
from share.words import mode, say

_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_TITLE, _LABEL = 200, 120
MOST_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    supported: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """A numbered piece of evidence, or a line of a list. `image` is a public https address."""

    n: int
    title: str
    where: str = ""
    quote: str = ""
    about: str = ""
    link: str | None = None
    image: str | None = None
    has_picture: bool = False
    """Whether there is a picture of the place that can be seen in the cabinet alone."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be said; `language` is that of our own words in it."""

    kind: str
    """What it tells of: finding, import, digest or test."""
    title: str
    language: str = "en"
    subtitle: str = ""
    note: str = ""
    sentences: tuple[Sentence, ...] = ()
    remark: str = ""
    heading: str = ""
    items: tuple[Item, ...] = ()
    more: int = 0
    """Items that are left out."""
    facts: tuple[tuple[str, str], ...] = ()
    link: str | None = None
    link_label: str = ""
    cut: bool = False
    """Whether the answer is longer than what is here."""

    def fitted(self, answer: int, quote: int, items: int) -> Message:
        """The message with at most so many characters of answer, cut after a sentence, of each quote, and items."""
        kept: list[Sentence] = []
        used = 0
        for sentence in self.sentences:
            if used + len(sentence.text) > answer and kept:
                break
            kept.append(replace(sentence, text=short(sentence.text, max(answer, 80))))
            used += len(sentence.text)
        left = len(self.items) - len(self.items[:items])
        return replace(
            self,
            note=short(self.note, max(answer // 2, 80)),
            sentences=tuple(kept),
            items=tuple(replace(each, quote=short(each.quote, quote)) for each in self.items[:items]),
            more=self.more + left,
            cut=self.cut or len(kept) < len(self.sentences) or kept != list(self.sentences[: len(kept)]),
        )


class Links:
    """Addresses of places in the cabinet; there are none where nobody said where the app can be reached."""

    def __init__(self, base: str | None) -> None:
        self._base = base.rstrip("/") if base and _is_address(base) else None

    def to(self, page: str, /, **parameters: object) -> str | None:
        """The address of a page; parameters that are None are left out."""
        if self._base is None:
            return None
        said = {name: str(value) for name, value in parameters.items() if value is not None}
        return f"{self._base}/{page}" + (f"?{urlencode(said)}" if said else "")

    def place(self, piece: Piece, start: int | None = None, end: int | None = None) -> str | None:
        """Where the words of a piece of evidence stand, or those from `start` to `end` in it."""
        if start is None or end is None:
            start, end = piece.start, piece.end
        return self.to("library", document=piece.document, page=piece.page, region=piece.region, start=start, end=end)


def _is_address(base: str) -> bool:
    parts = urlsplit(base.strip())
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc and base.isprintable()


def plain(text: str) -> str:
    """The text without what people do not see and what turns the direction of writing."""
    return _UNSEEN.sub("", text)


def short(text: str, limit: int) -> str:
    """The text on one line with at most `limit` characters, cut after a word where there is one."""
    line = " ".join(plain(text).split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut).rstrip(" ,;:.") + "…"


def of_finding(kept: Kept, links: Links) -> Message:
    """A finding as a message: the answer, each piece of evidence with its place, by which model and how."""
    finding, language = kept.finding, kept.finding.language
    quoted = {c.n: c for each in finding.said for c in reversed(each.citations) if c.supported}
    title = short(finding.title, _TITLE)
    facts = [
        (say(language, "model"), finding.model or say(language, "nobody")),
        (say(language, "mode"), mode(language, finding.mode)),
        (say(language, "kept"), finding.created_at[:10]),
        (say(language, "who"), finding.who),
    ]
    items = []
    for piece in finding.evidence:
        cited = quoted.get(piece.n)
        start, end = (cited.start, cited.end) if cited else (None, None)
        items.append(_item(piece, cited.quote if cited else piece.quote, links.place(piece, start, end), language))
    return Message(
        kind="finding",
        title=title,
        language=language,
        subtitle="" if finding.question == finding.title else short(finding.question, 500),
        note=short(finding.note, 2000),
        sentences=tuple(_said(finding)),
        remark=_remark(finding),
        heading=say(language, "evidence") if items else "",
        items=tuple(items),
        facts=tuple((name, short(value, _LABEL)) for name, value in facts if value),
        link=links.to("findings", finding=kept.id),
        link_label=say(language, "open"),
    )


def _said(finding: Finding) -> Iterable[Sentence]:
    """The sentences of the answer; what stands between them stays with the one before."""
    if not finding.said:
        for start, end in sentences(finding.answer):
            yield Sentence(plain(finding.answer[start:end]))
        return
    for each in finding.said:
        yield Sentence(" ".join(plain(finding.answer[each.start : each.end] or each.text).split()), each.supported)


def _remark(finding: Finding) -> str:
    language = finding.language
    if finding.outcome is Outcome.NOT_FOUND and not finding.answer:
        searched = finding.searched
        return say(language, "not_found", read=searched.pages, pages=searched.pages_total, documents=searched.documents)
    if finding.outcome is Outcome.GRAPH:
        return say(language, "graph", nodes=len(finding.nodes), claims=len(finding.claims))
    return "" if finding.answer else say(language, "no_answer")


def _item(piece: Piece, quote: str, link: str | None, language: str) -> Item:
    about = [say(language, "by_model", model=short(piece.written_by, 60))] if piece.written_by else []
    if piece.attribution or piece.rights:
        about.append(short(", ".join(filter(None, (piece.attribution, piece.rights))), 200))
    return Item(
        piece.n,
        short(piece.title, _LABEL),
        say(language, "page", n=piece.page) if piece.page and _has_pages(piece) else "",
        short(quote, 2000),
        " · ".join(about),
        link,
        piece.image,
        piece.image is None and piece.page is not None and (piece.kind != "text" or _is_picture(piece)),
    )


def _has_pages(piece: Piece) -> bool:
    """Whether it is from a page among others, rather than from a text or a picture."""
    return piece.canvas is not None or piece.media_type == "application/pdf"


def _is_picture(piece: Piece) -> bool:
    return piece.media_type.startswith("image/")


def of_import(imported: Imported, name: str, rule: Rule, links: Links) -> Message:
    """That a collection has finished importing."""
    language = rule.language
    figures = {"documents": imported.documents, "pages": imported.pages, "failed": imported.failed}
    return Message(
        kind="import",
        title=say(language, "imported"),
        language=language,
        remark=say(language, "imported.about", **figures),
        facts=((say(language, "collection"), short(name, _LABEL)),),
        link=links.to("library"),
        link_label=say(language, "library"),
    )


def of_digest(found: Sequence[Listed], total: int, rule: Rule, links: Links) -> Message:
    """The findings that are new since the last digest."""
    language = rule.language
    items = [
        Item(n, short(each.title, _LABEL), each.created_at[:10], short(each.question, 300), short(each.who, _LABEL),
             links.to("findings", finding=each.id))
        for n, each in enumerate(found[:MOST_LISTED], start=1)
    ]  # fmt: skip
    return Message(
        kind="digest",
        title=say(language, "digest", n=total),
        language=language,
        items=tuple(items),
        more=total - len(items),
        link=links.to("findings"),
        link_label=say(language, "findings"),
    )


def of_test(language: str, links: Links) -> Message:
    """A message that shows whether a channel is set up."""
    told = say(language, "test.about")
    return Message(
        "test", say(language, "test"), language, remark=told, link=links.to(""), link_label=say(language, "open")
    )
