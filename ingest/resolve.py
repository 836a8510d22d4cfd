"""Whether two names are one person, place or thing: a score between 0 and 1, with the reason for it.

From MERGE upwards the two are one without asking, from SUGGEST upwards people are asked, below nothing is said. The
rules are about what tells bearers of like names apart (numbers, generations, titles, places), measured on a list of
names in bench/data/names.tsv of which only one half was looked at (`bench.resolve`, docs/resolution.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from graph.identifiers import differing
from graph.name_variants import GIVEN, KNOWN_ALONE
from graph.names import plain
from graph.types import Entity, normalise
from ingest.alike import LETTERS, LOOSE, SAME, SCAN, SHORT, SPELLING, VARIANT, Likeness, alike
from ingest.name_words import KINDS, RIVERS
from ingest.parsed_name import PERSON, Parsed, Word, parse
from ingest.rules.kinds import FIRST_NAMES

MERGE = 0.92
SUGGEST = 0.7
STRONG = 0.85
UNSURE = 0.9
"""What names score at most that agree but for something that speaks against it."""
MORE = "more"
"""One name says more than the other: a second given name, a place, a number, a title."""
SHARED = "shared"
THING = "Thing"
PLACE = "Place"
_KIN = frozenset({"Organisation", "Collection", "Place"}), frozenset({"Object", "Work", "Collection", "Material"})
"""Types that two documents may well give to one thing."""

_GIVEN = (frozenset(GIVEN) | {plain(name) for name in FIRST_NAMES}) - KNOWN_ALONE


@dataclass(frozen=True, slots=True)
class Score:
    """How sure it is that two names are one, and why, in a word that pages say as a sentence."""

    value: float
    reason: str


NOTHING = Score(0.0, "different")


def compare_names(a: str, b: str, type_a: str = THING, type_b: str = THING) -> Score:
    """The score of two names with their types; the same whichever comes first."""
    if normalise(a) == normalise(b):
        return Score(1.0, SAME)
    most = _types(type_a, type_b)
    if not most:
        return NOTHING
    type_ = type_b if type_a == THING else type_a
    first, second = parse(a, type_), parse(b, type_)
    if _contradict(first, second, type_) or (type_ == PERSON and (_nobody(first) or _nobody(second))):
        return NOTHING
    found = _words(first, second, type_)
    if found.value == 0:
        return NOTHING
    limit, reason = _limit(first, second, type_)
    if limit < found.value:
        found = Score(limit, reason)
    if most < 0.95 and found.reason == MORE:
        # Of another type and called otherwise: a place, and what is in it.
        return NOTHING
    return Score(min(found.value, most), found.reason)


def compare(a: Entity, b: Entity, shared: int = 0) -> Score:
    """The best score of any two of their names; `shared` is how many others stand beside both.

    Names that contradict each other (a number, a generation) outweigh others that agree: two whose own names differ
    are one only by a further name that is strong. Where people accepted other entries of one authority file for them
    they are not one without asking. Company is worth a little: it can make a question of what would be none, but never
    a merge.
    """
    own = compare_names(a.name, b.name, a.type, b.type)
    named = [compare_names(a.name, y, a.type, b.type) for y in _others(b)]
    named += [compare_names(x, b.name, a.type, b.type) for x in _others(a)]
    further = [compare_names(x, y, a.type, b.type) for x in _others(a) for y in _others(b)]
    best = max((own, *named, *further), key=_value)
    if own.value == 0 and best.value < STRONG:
        return NOTHING
    if best.value >= MERGE and not _certain(a, b, own, named):
        contradicted = own.value == 0 or any(score.value == 0 for score in (*named, *further))
        best = Score(UNSURE, best.reason) if contradicted or own.value < MERGE else best
    if differing(a.same_as, b.same_as):
        best = Score(min(best.value, UNSURE), best.reason)
    if shared and SUGGEST - 0.1 <= best.value < SUGGEST:
        return Score(min(best.value + 0.05 * min(shared, 3), 0.79), SHARED)
    return best


def _certain(a: Entity, b: Entity, own: Score, named: list[Score]) -> bool:
    """Whether one is called by a further name of the other, which says enough: Wormius alone is many people's name."""
    if own.value == 1 or all(score.value < 1 for score in named):
        return own.value == 1
    called = normalise(a.name) if normalise(a.name) in {normalise(y) for y in _others(b)} else normalise(b.name)
    name = parse(called, PERSON)
    return PERSON not in (a.type, b.type) or len(name.words) > 1 or bool(name.numbers)


_MOST_FORMS = 5


def _others(entity: Entity) -> tuple[str, ...]:
    if entity.type != PERSON:
        return entity.aliases[:_MOST_FORMS]
    return tuple(alias for alias in entity.aliases if not _nobody(parse(alias, PERSON)))[:_MOST_FORMS]


def _types(a: str, b: str) -> float:
    """The most that two names of these types can score; 0 where the types exclude each other."""
    if a == b:
        return 1.0
    if THING in (a, b):
        return 0.97
    return 0.88 if any({a, b} <= kin for kin in _KIN) else 0.0


def _contradict(a: Parsed, b: Parsed, type_: str) -> bool:
    """Whether something in the names says that they are two: another number, generation, sex, date, direction."""
    if a.numbers and b.numbers and a.numbers != b.numbers:
        return True
    if a.years and b.years and not set(a.years) & set(b.years):
        return True
    if a.generation and b.generation and a.generation != b.generation:
        return True
    if a.gender and b.gender and a.gender != b.gender:
        return True
    if type_ != PERSON and a.apart != b.apart:
        return True
    return type_ not in (PERSON, PLACE) and bool(a.direction and b.direction and a.direction != b.direction)


def _limit(a: Parsed, b: Parsed, type_: str) -> tuple[float, str]:
    """The most that names can score of which one says more: a number, a generation, years, a rank."""
    limit, reason = 1.0, SAME
    if bool(a.numbers) != bool(b.numbers):
        limit, reason = 0.7, MORE
    elif bool(a.generation) != bool(b.generation):
        limit, reason = 0.75, MORE
    elif bool(a.years) != bool(b.years):
        limit, reason = 0.88, MORE
    elif a.ranks and b.ranks and not a.ranks & b.ranks:
        limit, reason = 0.75, MORE
    elif bool(a.ranks) != bool(b.ranks) and (a.numbers or _given_only(a) or _given_only(b)):
        # Of an emperor and a duke of one name and number, one may be called without his rank.
        limit, reason = 0.88, MORE
    if type_ == PERSON and not (a.numbers or b.numbers) and min(len(a.words), len(b.words)) == 1:
        # A given name alone, or a family name alone, is many people's, however it is written.
        limit, reason = min((limit, reason), (0.88 if len(a.words) == len(b.words) else 0.7, MORE))
    return limit, reason


def _nobody(name: Parsed) -> bool:
    """Whether a name is a given name alone, which says nothing about who is meant."""
    told_apart = name.numbers or name.years or name.generation or name.ranks
    return len(name.words) == 1 and not told_apart and name.words[0].plain in _GIVEN


def _given_only(name: Parsed) -> bool:
    return all(word.plain in GIVEN for word in name.words)


def _words(a: Parsed, b: Parsed, type_: str) -> Score:
    """How far the words of two names agree, each word of the shorter one with a word of the longer."""
    if not a.words or not b.words:
        # Nothing but numbers and titles: equal numbers alone are no name.
        return NOTHING
    if "".join(word.plain for word in a.words) == "".join(word.plain for word in b.words):
        return Score(0.99, SPELLING)
    if _letters_alone(a) or _letters_alone(b):
        return NOTHING
    pairs, left_a, left_b = _matched(a, b, type_)
    if (left_a and left_b) or not pairs:
        return NOTHING
    worst = min((likeness for _, _, likeness in pairs), key=lambda likeness: likeness.score)
    score = Score(worst.score, worst.reason)
    if type_ == PERSON:
        score = _person(a, b, pairs, score)
    elif type_ == PLACE and worst.reason == SHORT and len(pairs) > 1:
        rivers = {word.plain for word in (*a.words, *b.words)} & RIVERS
        score = Score(0.94 if rivers else 0.88, SHORT)
    elif worst.reason == SCAN and sum(likeness.score >= 0.95 for _, _, likeness in pairs) >= 2:
        # In a long title that agrees otherwise a misread word is a misread word.
        score = Score(0.94, SCAN)
    if left := left_a or left_b:
        return _more(left, pairs, score, type_, bool(a.numbers and b.numbers))
    if _disordered(pairs) and type_ != PERSON:
        return Score(min(score.value, 0.7), LETTERS)
    return score


def _letters_alone(name: Parsed) -> bool:
    """Whether a name is nothing but single letters, as K. K. is: which words they stand for is not said."""
    return len(name.words) > 1 and all(len(word.plain) == 1 for word in name.words)


Match = tuple[int, int, Likeness]


def _matched(a: Parsed, b: Parsed, type_: str) -> tuple[list[Match], list[Word], list[Word]]:
    """Words that agree, the likest first, and those left over on each side."""
    scripts = a.script != b.script
    found: list[Match] = []
    for i, x in enumerate(a.words):
        for j, y in enumerate(b.words):
            given = type_ == PERSON and i + 1 < len(a.words) and j + 1 < len(b.words)
            if likeness := alike(x, y, scripts, given):
                found.append((i, j, likeness))
    found.sort(key=lambda each: (-each[2].score, abs(each[0] - each[1]), each[0], each[1]))
    pairs: list[Match] = []
    for i, j, likeness in found:
        if all(i != p and j != q for p, q, _ in pairs):
            pairs.append((i, j, likeness))
    used_a, used_b = {i for i, _, _ in pairs}, {j for _, j, _ in pairs}
    left_a = [word for i, word in enumerate(a.words) if i not in used_a]
    left_b = [word for j, word in enumerate(b.words) if j not in used_b]
    return sorted(pairs, key=lambda each: each[:2]), left_a, left_b


def _person(a: Parsed, b: Parsed, pairs: list[Match], score: Score) -> Score:
    """What holds of people: families are told apart by spelling, and a letter stands for many given names."""
    last = len(a.words) - 1, len(b.words) - 1
    for i, j, likeness in pairs:
        family = (i, j) == last and last != (0, 0)
        if (i == last[0]) != (j == last[1]) and not (a.numbers and b.numbers):
            # The family name of one is a given name of the other: Caspar Friedrich and Friedrich Caspar.
            score = min(score, Score(0.7, likeness.reason), key=_value)
        elif family and likeness.reason in (SPELLING, LOOSE, SCAN):
            score = min(score, Score(0.88, likeness.reason), key=_value)
        elif family and likeness.reason == VARIANT and not (a.numbers and b.numbers):
            score = min(score, Score(0.9, VARIANT), key=_value)
    short = [likeness for _, _, likeness in pairs if likeness.reason == SHORT]
    full = len(pairs) - len(short)
    if short and full == 1 and len(short) >= 2 and score.reason == SHORT:
        # Two letters and a family name: J. S. Bach is seldom anybody else.
        return Score(0.89, SHORT)
    return score


def _more(left: list[Word], pairs: list[Match], score: Score, type_: str, numbered: bool) -> Score:
    """One name has words that the other has not."""
    if type_ != PERSON and any(word.hyphened or word.plain.endswith(KINDS) for word in left):
        return NOTHING
    share = len(pairs) / (len(pairs) + len(left))
    if type_ == PERSON:
        most = _more_of_person(pairs, numbered)
    elif type_ == PLACE:
        most = 0.72 if pairs[0][:2] == (0, 0) and share >= 0.3 else 0.0
    else:
        most = 0.75 if len(pairs) >= 2 and share >= 0.6 else 0.0
    return Score(min(score.value, most), MORE) if most else NOTHING


def _more_of_person(pairs: list[Match], numbered: bool) -> float:
    if len(pairs) >= 2:
        return 0.85
    if numbered:
        return 0.8
    # Of a name of several words a family name alone, the last word, may be meant; a given name alone tells nothing.
    i, j, _ = pairs[0]
    return 0.65 if i or j else 0.0


def _disordered(pairs: list[Match]) -> bool:
    order = [j for _, j, _ in pairs]
    return order != sorted(order)


def _value(score: Score) -> float:
    return score.value
