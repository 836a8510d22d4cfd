"""Goes through a sentence and finds all that may be a name: dates, titles in quotes or italics, runs of capitals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from ingest.rules.candidates import Candidate
from ingest.rules.dates import dates
from ingest.rules.english import ALONE, STARTERS, Run, bare, english_names
from ingest.rules.german import german_names
from ingest.rules.kinds import EPITHETS, FIRST_NAMES, HEADS, PARTICLES, PLACES, ROLES, SAINTS, TITLES
from ingest.rules.nouns import is_common_noun
from ingest.rules.titles import titles_in
from ingest.rules.tokens import Token, tokenise, without_case

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+")
_GERMAN_LINKS = {"von", "vom", "zu", "zum", "zur", "der", "den", "des", "dem", "und", "am", "im"}
_JOINED_BY_AND = {
    "Department",
    "Ministry",
    "Faculty",
    "Institute",
    "School",
    "Academy",
    "Society",
    "Journal",
    "Bureau",
    "Council",
}
_PLURALS = {"Women", "Men", "Children", "People", "Peoples", "Girls", "Boys", "World", "Workers", "Veterans"}
_POSSESSED = {"College", "Cathedral", "Church", "Hospital", "School"}
_ROMAN = re.compile(r"[IVX]+")
_AFTER_COMMA = {"Inc.", "Inc", "Ltd.", "Ltd", "LLC", "Jr."}
_NUMBERED = {
    "Apollo",
    "Route",
    "Highway",
    "Boeing",
    "Windows",
    "Bowl",
    "Opus",
    "Area",
    "Formula",
    "District",
    "Studio",
    "Channel",
}


def names_in(text: str, start: int, end: int, german: bool) -> list[Candidate]:
    """All candidates of one sentence, in order, not overlapping."""
    found = [Candidate(d.start, d.end, d.name, (("Date", 9),)) for d in dates(text, start, end)]
    taken = [(c.start, c.end) for c in found] + [m.span() for m in _ADDRESS.finditer(text, start, end)]
    for work in titles_in(text, start, end, german):
        if not _overlaps(work.start, work.end, taken):
            found.append(work)
            taken.append((work.start, work.end))
    tokens = tokenise(text, start, end)
    if taken:
        tokens = [t for t in tokens if not _overlaps(t.start, t.end, taken)]
    for run in _runs(text, tokens, start, end, german):
        found += german_names(run) if german else english_names(run)
    found += [c for c in _without_capitals(text, tokens) if not _overlaps(c.start, c.end, taken)]
    return _with_years(text, sorted(found, key=lambda c: c.start))


def _with_years(text: str, found: list[Candidate]) -> list[Candidate]:
    """A year right before an event belongs to its name: 1976 Summer Olympics."""
    kept: list[Candidate] = []
    for candidate in found:
        year = kept[-1] if kept else None
        event = dict(candidate.votes).get("Event", 0) >= 5
        if year and event and year.name.isdigit() and text[year.end : candidate.start] == " ":
            candidate = replace(candidate, start=year.start, name=f"{year.name} {candidate.name}")
            kept.pop()
        kept.append(candidate)
    return kept


def is_shouted(text: str) -> bool:
    """Whether a line is set in capitals throughout, so that capitals say nothing."""
    letters = [c for c in text if c.isalpha() and (c.isupper() or c.islower())]
    return len(letters) > 5 and sum(c.isupper() for c in letters) > 0.7 * len(letters)


def _overlaps(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return any(start < stop and begin < end for begin, stop in taken)


def _runs(text: str, tokens: list[Token], start: int, end: int, german: bool) -> Iterator[Run]:
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if not token.word or not token.capital or without_case(token.text):
            position += 1
            continue
        stop = _run_end(text, tokens, position, german)
        before = tokens[position - 1] if position else None
        last = tokens[stop - 1]
        opens = all(not t.word and not t.number for t in tokens[:position]) or (
            before is not None and before.text in {":", ".", "!", "?", "„", "“", '"', "»"}
        )
        role = before is not None and (before.text in ROLES or before.text in TITLES)
        adjacent = before if before is not None and not text[before.end : token.start].strip() else None
        run = tuple(_numeral(tokens, index, position, german) for index in range(position, stop))
        yield Run(run, adjacent, text[last.end : min(end, last.end + 60)], opens, role)
        position = stop


def _run_end(text: str, tokens: list[Token], position: int, german: bool) -> int:
    """The index after the last token of the run that begins at a position."""
    stop = position + 1
    while stop < len(tokens):
        above, token = tokens[stop - 1], tokens[stop]
        gap = text[above.end : token.start]
        if above.roman and german:
            gap = gap.removeprefix(".")
        if above.text.endswith(("'s", "’s")) and not _keeps_possessive(tokens, position, stop):
            break
        if above.roman and token.text == "." and german:
            if not _goes_on(tokens, stop + 1, position):
                break
            tokens.pop(stop)
            continue
        if token.text == "," and stop + 1 < len(tokens) and tokens[stop + 1].text in _AFTER_COMMA:
            stop += 2
            continue
        if gap not in {" ", "\n", "\u00a0", ""} or (gap == "" and not above.initial) or _ends_row(text, above.end, gap):
            break
        if token.word and token.capital and not without_case(token.text):
            if not german and token.lower in STARTERS and not (token.initial or token.roman) and not _is_first(token):
                break
            stop += 1
            continue
        if token.number and not german and _is_numbered(tokens, stop):
            stop += 1
            continue
        length = _link(tokens, stop, position, german)
        stop += length
        if not length or tokens[stop - 1].text in EPITHETS:
            break
    return stop


def _ends_row(text: str, position: int, gap: str) -> bool:
    """Whether a table's row ends here: what the next one begins with belongs to no name of this one."""
    return gap == "\n" and " | " in text[text.rfind("\n", 0, position) + 1 : position]


def _goes_on(tokens: list[Token], position: int, begin: int) -> bool:
    """Whether a name goes on behind the dot of its numeral: Friedrich III. von Brandenburg."""
    if position >= len(tokens):
        return False
    following = tokens[position]
    return following.capital or (following.text in PARTICLES and _link(tokens, position, begin, german=True) > 0)


def _is_first(token: Token) -> bool:
    return token.text in FIRST_NAMES or token.text in TITLES


def _is_numbered(tokens: list[Token], position: int) -> bool:
    """Whether a number belongs to the name before it: Apollo 11, Article 50; not: Ambras 24 objects."""
    above, number = tokens[position - 1], tokens[position]
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    if (
        _is_decimal(tokens, position)
        or len(number.text) > 3
        or above.roman
        or (above.text in ALONE and above.text not in _NUMBERED)
    ):
        return False
    return above.text in _NUMBERED or following is None or not following.word or following.text in STARTERS


def _is_decimal(tokens: list[Token], position: int) -> bool:
    """Whether a number goes on behind a point or comma."""
    number, *rest = tokens[position : position + 3]
    return len(rest) == 2 and rest[0].text in {".", ","} and rest[1].number and rest[1].start == number.end + 1


def _numeral(tokens: list[Token], index: int, begin: int, german: bool) -> Token:
    """The token; a lone I, V or X at the end of a name is a numeral, not an initial."""
    token = tokens[index]
    if index == begin or token.text not in {"I.", "V.", "X."}:
        return token
    follows = index + 1 < len(tokens) and tokens[index + 1].capital
    if follows and not (german and _as_first_name(tokens[index - 1].text) in FIRST_NAMES):
        return token
    return Token(token.text[0], token.start, token.end - 1, word=True, capital=True, roman=True)


def _keeps_possessive(tokens: list[Token], position: int, stop: int) -> bool:
    """St. Paul's Cathedral, King's College: the possessor is part of the name."""
    first = tokens[position].text
    if bare(tokens[stop - 1].text) in _PLURALS and tokens[stop].capital:
        return True
    return tokens[stop].capital and (first in SAINTS or tokens[stop].text in _POSSESSED)


def _link(tokens: list[Token], position: int, begin: int, german: bool) -> int:
    """How many tokens, the next capital included, a small word at a position joins to the run; 0 for none."""
    word = tokens[position].text
    following = tokens[position + 1 : position + 4]
    if not following:
        return 0
    run = [t.text for t in tokens[begin:position]]
    if word in {"the", "der", "des", "dem", "den"} and following[0].text in EPITHETS:
        person = any(_as_first_name(w) in FIRST_NAMES or tokens[position - 1].roman for w in run)
        return 2 if person else 0
    if not german and word in {"of", "for", "and", "&"}:
        return _english_link(word, run, following)
    if word not in PARTICLES:
        return 0
    if word in _GERMAN_LINKS and not (
        _is_person(run) or (word not in {"der", "den", "des", "dem"} and run[0] in TITLES)
    ):
        return 0
    if word in {"der", "den", "des"}:
        return 0
    length = 1
    while length <= len(following) and following[length - 1].text in PARTICLES and length < 3:
        length += 1
    target = tokens[position + length] if position + length < len(tokens) else None
    if target is None or not target.capital or (german and is_common_noun(target.text) and not _is_named(target.text)):
        return 0
    if (
        word in {"e", "y", "d", "af", "la", "le", "el", "al"}
        and not german
        and run[-1] not in FIRST_NAMES
        and len(run) < 1
    ):
        return 0
    return length + 1


def _english_link(word: str, run: list[str], following: list[Token]) -> int:
    """`of`, `of the`, `for`, `and`, `&` inside of names."""
    article = following[0].text == "the" and len(following) > 1
    target = following[1] if article else following[0]
    if not target.word or not target.capital or target.lower in STARTERS:
        return 0
    if word == "of" and target.text in PLACES and _is_full_name(run):
        return 0
    if word == "of":
        return (3 if article else 2) if any(w in HEADS or w in TITLES or w in ALONE for w in run) or not article else 0
    if word == "for":
        return (3 if article else 2) if any(w in HEADS for w in run) else 0
    if word == "&":
        return 2
    if f"{run[-1]} and {target.text}" in PLACES:
        return 2
    joins = run[0] in _JOINED_BY_AND and any(w in {"of", "for"} for w in run)
    return 2 if joins else 0


def _is_full_name(run: list[str]) -> bool:
    """Whether a place says only where somebody is from: Samuel Quiccheberg of Antwerp, but Charles IX of France."""
    plain = not _ROMAN.fullmatch(run[-1]) and not any(w in HEADS or w in TITLES for w in run)
    return len(run) > 1 and run[0] in FIRST_NAMES and plain


def _is_named(word: str) -> bool:
    """Whether a word, or one of its parts, is a first name or a place: Schleswig-Holstein-Gottorf."""
    return word in FIRST_NAMES or any(part in PLACES for part in word.split("-"))


def _is_person(run: list[str]) -> bool:
    names = [w for w in run if w not in TITLES]
    return any(_as_first_name(w) in FIRST_NAMES for w in names) or (bool(names) and len(names) < len(run))


def _as_first_name(word: str) -> str:
    return word if word in FIRST_NAMES else word.removesuffix("s")


def _without_capitals(text: str, tokens: list[Token]) -> Iterator[Candidate]:
    """Names in scripts without capitals where they stand out, as after their transcription in Latin letters."""
    foreign = [t for t in tokens if t.word and without_case(t.text)]
    if not foreign or len(foreign) > 0.3 * len([t for t in tokens if t.word]):
        return
    groups: list[list[Token]] = [[foreign[0]]]
    for above, token in pairwise(foreign):
        if text[above.end : token.start] == " ":
            groups[-1].append(token)
        else:
            groups.append([token])
    for group in groups:
        name = text[group[0].start : group[-1].end]
        if len(group) <= 4 and 2 <= len(name) <= 40:
            yield Candidate(group[0].start, group[-1].end, name)
