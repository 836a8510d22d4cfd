"""Does a sentence say what the words say that it rests on? Told from what can be seen without understanding.

Four things: its numbers stand there; its names stand there, or before it where a pronoun leads back to them; what is
denied is denied in both; who does it and whom it is done to are not exchanged. A sentence that passes may still be
wrong, one that does not is worth a look.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from graph.misread import denials, joined, look_of, numbers
from graph.types import Evidence
from llm.language import guess
from llm.sentences import sentences
from llm.words import STOPWORDS

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_STEM = 5
_YEAR = 4
_LEADS_BACK = {
    "de": re.compile(
        r"\b(?:er|ihn|ihm|sein\w*|sie|ihr\w*|es|dies\w*|dessen|deren|dort|dorthin|beide\w*|hier)\b", re.IGNORECASE
    ),
    "en": re.compile(
        r"\b(?:he|him|his|she|her|it|its|they|their|them|whose|which|both|there|this|these)\b", re.IGNORECASE
    ),
}
_NO_NAMES = frozenset(
    """january february march april may june july august september october november december
    januar februar märz mai juni juli oktober dezember
    monday tuesday wednesday thursday friday saturday sunday""".split()
)
_ABSTRACT = re.compile(r"(?:heit|keit|ung|ungen|schaft|tion|nis|tum|ismus|ität|ei)\Z")
_GROUP = re.compile(
    r"[^\W\d_a-zäöüß][\w’']*(?:\s+(?:(?:de|da|di|del|von|van|der|den|zu|of|the|le|la)\s+){0,2}[^\W\d_a-zäöüß][\w’'.]*)*"
)
_PLACED = re.compile(
    r"\b(?:in|at|on|from|to|into|by|with|for|of|near|after|before|under|"
    r"im|am|aus|nach|bei|auf|von|vom|zu|zum|zur|an|mit|für|durch|unter|über|vor)\s+(?:the|a|an|der|die|das|den|dem|"
    r"einem|einer|einen|his|her|seinem|seiner)?\s*\Z",
    re.IGNORECASE,
)
_BARE_PLACE = re.compile(r"\b(?:in|nach|bei|von|auf|an|zu)\s+\Z", re.IGNORECASE)
_OBJECT_FIRST = re.compile(r"\A\W*(?:den|dem|einen|einem|ihn|ihm|diesen|diesem)\b", re.IGNORECASE)
_PASSIVE = re.compile(r"\b(?:by|von|durch|wurde|wurden|wird|worden)\b", re.IGNORECASE)
_MUTUAL = re.compile(
    r"\b(?:met|meets|married|marries|corresponded|traf\w*|heiratete\w*|begegnete\w*|korrespondierte\w*|"
    r"briefwechsel|verheiratet|befreundet|friends?|brothers?|sisters?|cousins?|br[uü]der|schwester\w*)\b",
    re.IGNORECASE,
)
_ADDED = re.compile(r"\b(?:not|nicht)\s+(?:only|just|merely|nur|allein|bloß|zuletzt)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:.!?()]|\b(?:but|sondern|and|und|while|während)\b")


@dataclass(frozen=True, slots=True)
class Basis:
    """Words of a source that a sentence rests on: `window` holds the whole sentences around them."""

    source: Evidence
    start: int
    end: int
    window: str
    before: str

    @property
    def title(self) -> str:
        return f"{self.source.title} {self.source.chunk.heading or ''}"

    @property
    def quote(self) -> str:
        return self.source.chunk.text[self.start : self.end]


def basis(source: Evidence, start: int, end: int) -> Basis:
    """The words `start`:`end` of a source's text with the sentences that they touch."""
    text = source.chunk.text
    touched = [span for span in sentences(text, line_ends=False) if span[0] < end and span[1] > start]
    low, high = (touched[0][0], touched[-1][1]) if touched else (start, end)
    if _in_table(text, low, high):
        low, high = text.rfind("\n", 0, start) + 1, (text.find("\n", end) + 1 or len(text) + 1) - 1
    return Basis(source, start, end, joined(text[low:high]), joined(text[:low]))


def same_numbers(sentence: str, rests_on: list[Basis]) -> bool:
    """Whether all numbers of the sentence stand where it rests on; titles and headings count.

    A year from beside the very words counts only where these have no other year.
    """
    said = numbers(sentence)
    quoted = numbers(" ".join(each.quote for each in rests_on))
    if any(len(other) == _YEAR for other in quoted - said) and any(len(each) == _YEAR for each in said - quoted):
        return False
    return said <= numbers(" ".join(f"{each.title} {each.window}" for each in rests_on))


def says(sentence: str, rests_on: Basis) -> bool:
    """Whether names, denials and roles of the sentence are those of the words it rests on."""
    if not same_names(sentence, rests_on):
        return False
    if languages_differ(sentence, rests_on.source.chunk.text):
        return bool(_denied(sentence)) == bool(_denied(rests_on.quote)) or _contrasts(rests_on.quote)
    return same_denials(sentence, rests_on.window) and not exchanged(sentence, rests_on.window)


def languages_differ(sentence: str, source: str) -> bool:
    """Whether the two are in different languages, as far as their words show."""
    languages = guess(sentence), guess(source)
    return None not in languages and languages[0] != languages[1]


def stems(text: str) -> frozenset[str]:
    """What words share when they are inflected or misread, roughly: the look of their first letters."""
    words = (word.casefold() for word in WORD.findall(unicodedata.normalize("NFKC", joined(text))))
    return frozenset(look_of(word)[:_STEM] for word in words if word not in STOPWORDS and len(word) > 2)


def same_names(sentence: str, rests_on: Basis) -> bool:
    """Whether the sentence's names stand in the words it rests on, or before them where these lead back."""
    missing = [name for name in names(sentence, rests_on.source.chunk.text) if not _has(rests_on.window, name)]
    missing = [name for name in missing if not _has(rests_on.title, name)]
    if not missing:
        return True
    if languages_differ(sentence, rests_on.source.chunk.text):
        return all(_resembles(rests_on, name) for name in missing)
    if not all(_has(rests_on.before, name) for name in missing):
        return False
    rivals = [name for name in names(rests_on.quote, rests_on.source.chunk.text) if not _has(sentence, name)]
    if any(_same_slot(sentence, name, rests_on.quote, rival) for name in missing for rival in rivals):
        return False
    return not rivals or bool(_LEADS_BACK[guess(rests_on.window) or "en"].search(rests_on.window))


def _same_slot(sentence: str, name: str, quote: str, rival: str) -> bool:
    """Whether two names stand for the same: both begin their text, or both follow the same preposition."""
    before, before_rival = sentence[: sentence.find(name)], quote[: quote.find(rival)]
    if len(before.split()) < 2 and len(before_rival.split()) < 2:
        return True
    placed, placed_rival = _PLACED.search(before), _PLACED.search(before_rival)
    if placed is None or placed_rival is None:
        return False
    return placed.group().split()[0].casefold() == placed_rival.group().split()[0].casefold()


def names(sentence: str, source: str) -> list[str]:
    """Groups of capitalised words that are names, as far as that shows; German nouns alone are none."""
    german = guess(sentence) == "de"
    found: list[str] = []
    for group in _GROUP.finditer(sentence):
        name, before = group.group(), sentence[: group.start()]
        words = [word for word in WORD.findall(name) if word.casefold() not in STOPWORDS and len(word) > 2]
        if not words or all(word.casefold() in _NO_NAMES for word in words):
            continue
        first = not before.strip(" \"'»«„“”›‹(-•")
        if first and len(words) == 1 and not _a_name_in(source, words[0], german):
            continue
        if german and len(words) == 1 and WORD.findall(name)[0].casefold() in STOPWORDS:
            continue
        bare = _BARE_PLACE.search(before) and not _ABSTRACT.search(words[0])
        if german and len(words) == 1 and not first and not bare:
            continue
        found.append(name)
    return found


def same_denials(sentence: str, window: str) -> bool:
    """Whether what the one denies the other does not assert; a denial that only adds ("not only") is none."""
    here, there = _denied(sentence), _denied(window)
    asserted = stems(sentence) - frozenset(stem for part in here for stem in part)
    denied_there = frozenset(stem for part in there for stem in part)
    if any(part and len(part & asserted) * 2 > len(part) for part in there):
        return False
    return not here or (bool(there) and all(not part or bool(part & denied_there) for part in here))


def exchanged(sentence: str, window: str) -> bool:
    """Whether the sentence has the same doing as its source, with the two it is between the other way round."""
    if _OBJECT_FIRST.search(sentence) or _MUTUAL.search(sentence):
        return False
    if bool(_PASSIVE.search(sentence)) != bool(_PASSIVE.search(window)):
        return False
    pair = _pair(sentence, window)
    if pair is None:
        return False
    (name, at), (other, _) = pair
    doing = stems(re.sub(rf"{re.escape(name)}|{re.escape(other)}", " ", sentence[at:]))
    shared = {stem for stem in doing if stem in stems(window)} - stems(name) - stems(other)
    return bool(shared)


def _pair(sentence: str, window: str) -> tuple[tuple[str, int], tuple[str, int]] | None:
    """The sentence's first name and another that stands before it in the source, with their places in the sentence."""
    there = [(name, sentence.find(name)) for name in names(sentence, window)]
    placed = [(name, at, _place(window, name)) for name, at in there]
    known = [(name, at, place) for name, at, place in placed if place is not None]
    if len(known) < 2 or known[0][1] > 24 or _PLACED.search(sentence[: known[0][1]]):
        return None
    first = known[0]
    for other in known[1:]:
        between_is_placed = _PLACED.search(window[: other[2]])
        if other[2] < first[2] and not between_is_placed:
            return first[:2], other[:2]
    return None


def _place(window: str, name: str) -> int | None:
    """Where a name stands in the source: its last word decides, since titles and first names may be left out."""
    words = [word for word in WORD.findall(name) if len(word) > 2]
    if not words:
        return None
    whole = window.find(name)
    if whole >= 0:
        return whole
    wanted = look_of(words[-1])[:_STEM]
    return next((each.start() for each in WORD.finditer(window) if look_of(each.group())[:_STEM] == wanted), None)


def _denied(text: str) -> list[frozenset[str]]:
    """For each denial of a text the words that it is about, as stems: those after it, or else those before it."""
    found: list[frozenset[str]] = []
    text = joined(text)
    for begins, ends in denials(text):
        if _ADDED.match(text, begins):
            continue
        rest = text[ends:]
        end = _CLAUSE.search(rest)
        after = stems(rest[: end.start()] if end else rest)
        earlier = _CLAUSE.split(text[:begins])[-1]
        found.append(after or stems(earlier))
    return found


def _contrasts(text: str) -> bool:
    return bool(re.search(r"\bsondern\b|\bbut\b|,\s*(?:and\s+|und\s+)?(?:not|nicht)\b", text, re.IGNORECASE))


def _has(text: str, name: str) -> bool:
    """Whether a text has the words of a name, but at most one first name or title."""
    words = [word for word in WORD.findall(name) if len(word) > 2 and word.casefold() not in STOPWORDS]
    there = stems(text)
    found = [bool(stems(word) & there) or look_of(word)[:_STEM] in there for word in words]
    return found[-1] or (len(found) > 1 and all(found[:-1])) if found else True


def _resembles(rests_on: Basis, name: str) -> bool:
    """Whether any word of a name stands in the source, in the spelling of another language."""
    text = f"{rests_on.title} {rests_on.source.chunk.text}"
    words = [word for word in WORD.findall(name) if len(word) > 2]
    there = {look_of(word)[:3] for word in WORD.findall(text) if word[0].isupper()}
    return any(look_of(word)[:3] in there for word in words)


def _a_name_in(source: str, word: str, german: bool) -> bool:
    """Whether the first word of a sentence is a name: the source has it inside a sentence, never in small letters."""
    if german and word.casefold() in STOPWORDS:
        return False
    inside = re.search(rf"[\w,;]\s+{re.escape(word)}\b", source)
    return bool(inside) and not re.search(rf"\b{re.escape(word.casefold())}\b", source)


def _in_table(text: str, low: int, high: int) -> bool:
    return "|" in text[low:high] and "\n" in text[low:high]
