"""Names in German, where every noun has a capital: common nouns are recognised, titles and roles taken off."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from ingest.rules.candidates import Candidate, merged
from ingest.rules.english import Run, bare
from ingest.rules.kinds import (
    FIRST_NAMES,
    HEADS,
    PARTICLES,
    PLACES,
    ROLES,
    TITLES,
    head_kind,
    is_known,
    place_before_person,
    votes_around,
    votes_within,
)
from ingest.rules.nouns import is_common_noun
from ingest.rules.tokens import Token
from ingest.rules.words import sections, words

_STARTERS = words("starters")
_ADJECTIVE = re.compile(r"([^\W\d_]{2,})(?:er|es|en|em|e)")
_ADJECTIVE_STEM = re.compile(
    r".+(?:isch|sch|lich|ig|al|ell|bar|sam|haft|iert|jährig|ital|iv)|Neu|Alt|Groß|Klein|Grün|Rot|Schwarz|Weiß|Blau|Deutsch|Hoh|Heilig|"
    r"Erst|Zweit|Dritt|Letzt|Schön|Frei|Golden|Silbern|Offen|Vereinigt|Lang|Ober|Unter|Inner|Äußer|Mittler|Vorder|Hinter|Ewig|Wild"
)
_LATIN = ("um", "ae", "is", "orum", "arum", "i", "ana", "ica")
_CONTEXT = sections("context_de")
_TAKES_NAME = _CONTEXT["with_name"]
_DETERMINERS = _CONTEXT["determiners"]
_VERBS = _CONTEXT["verbs"]
_PLACE_BEFORE = _CONTEXT["small"]


def german_names(run: Run) -> list[Candidate]:
    """The names in a run of capitalised words of German text."""
    found: list[Candidate] = []
    tokens = list(run.tokens)
    position, titled = 0, run.title
    while position < len(tokens):
        stop = _stretch(tokens, position)
        if length := place_before_person([token.text for token in tokens[position:stop]]):
            stop = position + length
        if stop > position:
            start = _with_head(tokens, position)
            found.append(_named(run, tokens[start:stop], titled or _is_role(tokens, position - 1)))
            position, titled = stop, False
        elif length := _described(run, tokens, position):
            found.append(_thing(tokens[position : position + length]))
            position += length
        else:
            position += 1
    return found


def _stretch(tokens: list[Token], position: int) -> int:
    """Where the proper words end that begin at a position; the position itself where none begins."""
    stop = position
    while stop < len(tokens):
        token = tokens[stop]
        if token.text in PARTICLES or token.lower in {"des", "dem"}:
            if stop == position or stop + 1 >= len(tokens):
                break
        elif not _proper(token, first=stop == position) or _is_adjective(tokens, stop):
            break
        stop += 1
        if token.text != bare(token.text) or _two_places(tokens, stop):
            break
    while stop > position and not (tokens[stop - 1].capital or tokens[stop - 1].roman):
        stop -= 1
    return stop


def _two_places(tokens: list[Token], stop: int) -> bool:
    """Two places that only happen to stand side by side: that the Swedes spared Munich."""
    if stop >= len(tokens) or tokens[stop].text not in PLACES or tokens[stop - 1].text not in PLACES:
        return False
    return f"{tokens[stop - 1].text} {tokens[stop].text}" not in PLACES


def _proper(token: Token, first: bool) -> bool:
    word = bare(token.text)
    if not token.capital:
        return False
    if token.roman:
        return not first
    if word.lower() in _STARTERS or word.lower() in PARTICLES:
        return False
    if is_known(word) or token.initial:
        return not (word in TITLES or word in ROLES)
    if word in TITLES or word in ROLES or len(word) < 2:
        return False
    if (_of_place(word) and first) or re.fullmatch(r"(?:Ge|Be|Ver|Er|Ent|Zer)[a-zäöüß]+t", word):
        return False
    front, _, last = word.partition("-")
    if front in PLACES:
        return not last or not is_common_noun(last) or any(part in PLACES for part in last.split("-"))
    if last and len(front) > 3 and is_common_noun(last):
        return not is_common_noun(front) and not _ADJECTIVE_STEM.fullmatch(front)
    return not is_common_noun(word)


def _is_adjective(tokens: list[Token], position: int) -> bool:
    """A capitalised adjective before a common noun: Grünes Gewölbe, Prager Burg."""
    if position + 1 >= len(tokens):
        return False
    word, following = tokens[position].text, tokens[position + 1].text
    if is_known(word) or not (_adjective_form(word) or _of_place(word)):
        return False
    return (is_common_noun(following) or following in HEADS) and following not in TITLES | ROLES


def _adjective_form(word: str) -> bool:
    inflected = _ADJECTIVE.fullmatch(word)
    return inflected is not None and _ADJECTIVE_STEM.fullmatch(inflected.group(1)) is not None


def _described(run: Run, tokens: list[Token], position: int) -> int:
    """How many words make a name of adjective and common noun at a position; 0 for none."""
    length = 0
    while position + length < len(tokens) and _is_adjective(tokens, position + length):
        length += 1
    if not length:
        return 0
    if run.opens and position == 0 and not _of_place(tokens[0].text):
        # At the beginning of a sentence any adjective has a capital.
        return 0
    last = tokens[position + length].text
    only_place = all(_of_place(token.text) for token in tokens[position : position + length])
    # A Viennese merchant is anybody, the Viennese treasury is a name.
    return 0 if only_place and head_kind(last) is None else length + 1


def _of_place(word: str) -> bool:
    """Whether an adjective in -er comes from a place: Prager, Wiener, Dresdner, Münchner."""
    stem = word.removesuffix("er")
    forms = (stem, stem + "en", stem + "e", stem + "ien", stem[:-1] + "en")
    return stem != word and any(form in PLACES for form in forms)


def _with_head(tokens: list[Token], position: int) -> int:
    """The position of the noun before a name that belongs to it, or the position itself."""
    if not position or (tokens[position].text.endswith("s") and tokens[position].text[:-1] in FIRST_NAMES):
        return position
    return position - 1 if _head_form(tokens[position - 1].text) else position


def _head_form(word: str) -> str | None:
    """Schloss for Schloss and Schlosses, None for a noun that is no part of names."""
    return next((form for form in (word, word.removesuffix("s"), word.removesuffix("es")) if form in _TAKES_NAME), None)


def _is_role(tokens: list[Token], position: int) -> bool:
    if position < 0:
        return False
    word = tokens[position].text
    return word in TITLES or word in ROLES


def _named(run: Run, tokens: list[Token], titled: bool) -> Candidate:
    """A stretch of proper words as a candidate; a lone unknown word needs support."""
    name = [bare(token.text) for token in tokens]
    name[0] = (_head_form(name[0]) if len(name) > 1 else None) or name[0]
    single = len(name) == 1
    is_first, is_last = tokens[0] is run.tokens[0], tokens[-1] is run.tokens[-1]
    after = run.after if is_last else " X"
    before = run.before if is_first else None
    votes = merged(votes_within(name), votes_around(before, after, name), [("Person", 4)] if titled else [])
    plain = name[0] not in _TAKES_NAME and not _adjective_form(name[0])
    if not votes and 1 < len(name) < 4 and plain and not name[-1].endswith(_LATIN):
        votes = (("Person", 1),)
    # Two unknown words at the beginning may be an adjective and a noun that no list knows.
    vague = (
        run.opens
        and is_first
        and not any(is_known(word) for word in name)
        and _ADJECTIVE.fullmatch(name[0]) is not None
    )
    acronym = name[0].isupper() and len(name[0]) > 1
    noun = is_common_noun(name[0]) and before is not None and before.lower in _DETERMINERS
    certain = titled or (not single and not vague) or (single and (acronym or (is_known(name[0]) and not noun)))
    owner = name[-1].endswith("s") and (not is_last or run.after.lstrip().startswith(("»", "„", "“")))
    candidate = Candidate(tokens[0].start, tokens[-1].end, " ".join(name), votes, certain, 1, owner, german=True)
    if certain:
        return candidate
    return replace(candidate, support=_support(run, name, is_first, after, dict(votes).get("Person", 0)))


def _thing(tokens: list[Token]) -> Candidate:
    name = [token.text for token in tokens]
    return Candidate(tokens[0].start, tokens[-1].end, " ".join(nominative(name)), votes_within(nominative(name)))


def _support(run: Run, name: list[str], is_first: bool, after: str, person: int) -> int:
    """Signs that a lone unknown word is a name (1), none (0), or that it is a common noun (-1)."""
    before = run.before.text if run.before is not None and is_first else ""
    follows = after.split(maxsplit=1)
    verb = follows[0] if follows else ""
    if before.lower() in _DETERMINERS or (
        before.islower() and _ADJECTIVE.fullmatch(before) and before not in _PLACE_BEFORE
    ):
        return -1
    if person >= 2:
        return 1
    acts = verb in _VERBS or re.fullmatch(r"[a-zäöüß]{3,}te,?", verb) is not None
    if run.opens and is_first:
        return 1 if acts and not name[0].endswith(("en", "er", "e", "ung")) else 0
    above = next((a for a, b in pairwise(run.tokens) if bare(b.text) == name[0]), None)
    if above is not None and not is_common_noun(above.text):
        return 0
    if not is_first:
        # After a common noun a lone word is its owner or its name: das Inventar Fröschls.
        return 1
    if before in {"in", "nach"} and not name[0].endswith(("en", "ung")):
        return 1
    return 1 if acts and before in {"", ",", "und"} else 0


_NEUTER = ("museum", "gewölbe", "reich", "kabinett", "archiv", "institut", "testament", "schloss", "meer", "palais")
_FEMININE = ("ung", "ei", "thek", "ie", "ät", "schaft", "kammer", "kirche", "stadt", "burg", "schule", "seite", "halle")
_MASCULINE = (
    "krieg",
    "hof",
    "garten",
    "orden",
    "bund",
    "dom",
    "saal",
    "platz",
    "friede",
    "pass",
    "schrank",
    "globus",
    "pokal",
    "ozean",
)


def nominative(name: list[str]) -> list[str]:
    """An adjective and its noun as they stand alone: Kunsthistorischen Museums is Kunsthistorisches Museum."""
    noun = name[-1]
    lowered = noun.lower()
    for ending in ("es", "s"):
        if lowered.removesuffix(ending).endswith(_NEUTER + _MASCULINE):
            noun = noun.removesuffix(ending) if lowered.endswith(ending) and not lowered.endswith(_NEUTER) else noun
            break
    lowered = noun.lower()
    ending = "es" if lowered.endswith(_NEUTER) else "e" if lowered.endswith(_FEMININE) else ""
    ending = ending or ("er" if lowered.endswith(_MASCULINE) else "")
    if not ending:
        return name
    return [*(_inflected(word, ending) for word in name[:-1]), noun]


def _inflected(word: str, ending: str) -> str:
    if _of_place(word):
        return word
    for old in ("en", "em", "es", "er", "e"):
        if word.endswith(old):
            return word[: -len(old)] + ending
    return word
