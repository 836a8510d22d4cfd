"""Names in English, and in other languages that write only names with a capital."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ingest.rules.candidates import Candidate, merged
from ingest.rules.kinds import (
    FIRST_NAMES,
    HEADS,
    PARTICLES,
    TITLES,
    is_known,
    place_before_person,
    votes_around,
    votes_within,
)
from ingest.rules.tokens import Token
from ingest.rules.words import sections, words

STARTERS = words("starters")
_LISTS = sections("common_en")
ALONE = _LISTS["alone"] | _LISTS["peoples"] | _LISTS["calendar"]
_BEGINNINGS = _LISTS["beginnings"]
_COMMON_ENDINGS = (
    "ing",
    "ly",
    "ness",
    "ment",
    "tion",
    "sion",
    "ity",
    "ism",
    "logy",
    "graphy",
    "ship",
    "ance",
    "ence",
    "less",
    "ous",
    "ed",
)
_ARTICLES = {"The", "A", "An"}
_VERBS = _LISTS["verbs"]
_FREQUENT = words("frequent_en")


@dataclass(frozen=True, slots=True)
class Run:
    """Capitalised words that stand together, with what is before and after."""

    tokens: tuple[Token, ...]
    before: Token | None
    after: str
    opens: bool
    """It begins the sentence, where a capital says nothing."""
    title: bool = False
    """A title or role stands before it or was taken off."""


def english_names(run: Run) -> list[Candidate]:
    """The names in a run; a lone word at the beginning of a sentence is uncertain."""
    tokens, titled, opens = list(run.tokens), run.title, run.opens
    while opens and len(tokens) > 1 and _says_nothing(tokens[0].text) and not is_known(tokens[0].text):
        tokens, opens = tokens[1:], False
    if len(tokens) > 1 and tokens[0].text in _ARTICLES and not _in_mid_sentence(run.before):
        tokens, opens = tokens[1:], True
    while tokens and not tokens[0].capital:
        tokens = tokens[1:]
    while len(tokens) > 1 and _is_title(tokens):
        tokens, titled, opens = tokens[1:], True, False
    while len(tokens) > 2 and tokens[-1].text in _LISTS["peoples"] and tokens[-2].text in HEADS:
        tokens.pop()
    if not tokens or (len(tokens) == 1 and _is_nothing(tokens[0])):
        return []
    if len(tokens) == 1 and tokens[0].text.isupper() and run.before is not None and run.before.number:
        return []  # a unit: 125 MW
    numbered = tokens[0].text not in FIRST_NAMES
    if len(tokens) < 3 and all(t.text in ALONE or t.text in TITLES or (t.roman and numbered) for t in tokens):
        return []
    if length := place_before_person([token.text for token in tokens]):
        first = replace(run, tokens=tuple(tokens[:length]), after=" ")
        return english_names(first) + english_names(replace(run, tokens=tuple(tokens[length:]), before=None))
    name = [*(token.text for token in tokens[:-1]), bare(tokens[-1].text)]
    single = len(name) == 1
    votes = merged(
        votes_within(name),
        votes_around(run.before if tokens[0] is run.tokens[0] else None, run.after, name),
        [("Person", 4)] if titled else [],
    )
    known = name[0] in TITLES or is_known(name[0]) or (name[0].isupper() and len(name[0]) > 1)
    certain = not single or known or (not opens and name[0].lower() not in _FREQUENT)
    owner = name[-1] != tokens[-1].text and name[0].lower() not in _FREQUENT
    support = 1 if certain or owner else _support(name[0], run.after)
    return [Candidate(tokens[0].start, tokens[-1].end, " ".join(name).replace(" , ", ", "), votes, certain, support)]


def _in_mid_sentence(before: Token | None) -> bool:
    """Whether an article with a capital is part of a name: in The Hague; not: III The Bezoar."""
    return before is not None and before.word and before.text.islower()


def _is_title(tokens: list[Token]) -> bool:
    """Whether the first word is the title of a person, and not part of a name such as Major League Baseball."""
    rest = [token.text for token in tokens[1:]]
    return tokens[0].text in TITLES and tokens[1].capital and not any(word in HEADS for word in rest)


def bare(word: str) -> str:
    """A word without the possessive s."""
    for ending in ("'s", "’s", "`s"):
        if word.endswith(ending):
            return word[: -len(ending)]
    return word


def _says_nothing(word: str) -> bool:
    return word.lower() in STARTERS or word in _BEGINNINGS or (word in _LISTS["peoples"] and word not in HEADS)


def _is_nothing(token: Token) -> bool:
    word = bare(token.text)
    return (
        len(word) < 2
        or token.roman
        or token.initial
        or word in ALONE
        or word in TITLES
        or word.lower() in STARTERS
        or word.lower() in PARTICLES
        or word in _BEGINNINGS
        or not word[-1].isalnum()
    )


def _support(word: str, after: str) -> int:
    """Whether a lone first word acts as a name does: a verb follows, and it has no ending of common words."""
    follows = after.split(maxsplit=1)
    verb = follows[0].strip(",") if follows else ""
    acts = verb in _VERBS or (verb.endswith("ed") and verb.islower())
    if word.lower() in _FREQUENT:
        return 0
    common = word.lower().endswith(_COMMON_ENDINGS) or (word.endswith("s") and not word.endswith(("us", "is", "as")))
    return 1 if acts and not common else 0
