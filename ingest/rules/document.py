"""Names across a document: inflected and shortened forms find their full name, doubtful ones are kept or dropped."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from graph.types import normalise
from ingest.rules.candidates import Candidate
from ingest.rules.kinds import EPITHETS, FIRST_NAMES, HEADS, PARTICLES, PLACES, votes_within

_ORDER = ("Date", "Work", "Event", "Collection", "Object", "Organisation", "Person", "Place")
_ROMAN = re.compile(r"[IVX]+")
_INITIAL = re.compile(r"([^\W\d_])\.(?:[^\W\d_]\.)*")
LONGEST = 120


class Names:
    """What the names of one document are; ask for a candidate's `name`, and for a name's `kind` and `aliases`."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._ends = {normalise(c.words[-1]) for c in candidates if len(c.words) > 1}
        self._seen = {normalise(c.name) for c in candidates}
        support: Counter[str] = Counter()
        against: Counter[str] = Counter()
        self._accepted: set[str] = set()
        forms: dict[str, Counter[str]] = defaultdict(Counter)
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for candidate in candidates:
            form = self._folded(candidate)
            key = normalise(form)
            forms[key][form] += 1
            votes[key].update(dict(candidate.votes if form == candidate.name else votes_within(form.split())))
            if candidate.certain:
                self._accepted.add(key)
            support[key] += max(candidate.support, 0)
            against[key] -= min(candidate.support, 0)
        self._accepted |= {key for key in forms if support[key] > 2 * against[key]}
        self._forms = {key: counted.most_common(1)[0][0] for key, counted in forms.items()}
        self._votes = votes
        self._guess_persons()
        self._full = self._shortened()
        self._aliases: dict[str, set[str]] = defaultdict(set)
        for key, full in self._full.items():
            self._votes[full].update(votes[key])
            self._aliases[full].add(self._forms[key])

    def _guess_persons(self) -> None:
        """Two or three words of unknown kind whose last the document also uses alone are a person: Huygens."""
        for key, form in self._forms.items():
            words = form.split()
            alone = 1 < len(words) < 4 and normalise(words[-1]) in self._accepted
            if alone and not self._votes[key] and not HEADS.keys() & set(words) and words[-1] not in PLACES:
                self._votes[key]["Person"] += 1

    def name(self, candidate: Candidate) -> str | None:
        """The full name that a candidate stands for, or None where it is no name."""
        key = normalise(self._folded(candidate))
        full = self._full.get(key, key)
        if full not in self._accepted or not full or len(full) > LONGEST:
            return None
        return self._forms[full]

    def known(self) -> Iterable[str]:
        """All accepted names in the form in which names are compared."""
        return self._accepted

    def form(self, key: str) -> str:
        """The name whose comparable form is `key`, in full."""
        return self._forms[self._full.get(key, key)]

    def kind(self, name: str) -> str | None:
        """The type that the rules know, or None."""
        votes = self._votes[normalise(name)]
        best = max(_ORDER, key=lambda kind: votes[kind])  # the first of equals
        return best if votes[best] > 0 else None

    def aliases(self, name: str) -> tuple[str, ...]:
        """Shorter forms that the document uses; a given name alone is none: elsewhere it is anybody's."""
        first = normalise(name).partition(" ")[0]
        forms = self._aliases.get(normalise(name), ())
        return tuple(sorted(form for form in forms if form not in FIRST_NAMES and normalise(form) != first))

    def _folded(self, candidate: Candidate) -> str:
        """The name without genitive and with its article and numeral in one form."""
        if dict(candidate.votes).get("Work", 0) >= 6 or dict(candidate.votes).get("Date", 0) >= 9:
            return candidate.name
        words = [word.removesuffix("'").removesuffix("’") for word in candidate.words]
        if not candidate.german:
            return " ".join(words)
        if len(words) > 1 and words[0] not in FIRST_NAMES and words[0].removesuffix("s") in FIRST_NAMES:
            words[0] = words[0].removesuffix("s")
        if len(words) > 2 and words[-1] in EPITHETS and words[-2] in {"des", "dem", "den"}:
            words[-2:] = ["der", words[-1].removesuffix("n")]
        if _ROMAN.fullmatch(words[-1]) and len(words) > 1:
            return " ".join(words)
        words[-1] = self._without_genitive(words, candidate.owner)
        return " ".join(words)

    def _without_genitive(self, words: list[str], owner: bool) -> str:
        """The last word without its s, where the form without it is known from this document or the lists."""
        last = words[-1]
        base = last.removesuffix("s")
        if base == last or len(base) < 3 or last.endswith("ss"):
            return last
        whole = normalise(" ".join([*words[:-1], base]))
        known = whole in self._seen or normalise(base) in self._ends
        listed = (base in FIRST_NAMES or base in PLACES) and last not in FIRST_NAMES and last not in PLACES
        clear = owner and words[0] in FIRST_NAMES and not base.endswith(("u", "i", "o", "e", "a", "s"))
        return base if known or listed or clear else last

    def _shortened(self) -> dict[str, str]:
        """From a shorter form to the one full name of a person that it can stand for in this document."""
        persons = [key for key in self._accepted if " " in key and self.kind(key) == "Person"]
        by_last: dict[str, list[str]] = defaultdict(list)
        by_first: dict[str, list[str]] = defaultdict(list)
        for key in persons:
            words = self._forms[key].split()
            by_first[normalise(words[0])].append(key)
            from_a_place = words[-1] in PLACES and words[-2] in PARTICLES | {"of"}
            if not _ROMAN.fullmatch(words[-1]) and words[-1] not in EPITHETS and not from_a_place:
                by_last[normalise(words[-1])].append(key)
            if len(words) > 3 and words[-2] in {"of", "von", "de", "di"} and words[-3] not in FIRST_NAMES:
                by_last[normalise(words[-3])].append(key)
        full: dict[str, str] = {}
        for key, form in self._forms.items():
            longer = self._longer(key, form.split(), by_last, by_first)
            if longer is not None:
                full[key] = longer
        return {key: full.get(longer, longer) for key, longer in full.items() if longer != key}

    def _longer(
        self, key: str, words: list[str], by_last: dict[str, list[str]], by_first: dict[str, list[str]]
    ) -> str | None:
        votes = self._votes[key]
        if len(words) == 1:
            if votes["Place"] > votes["Person"] + 2 and key not in by_last:
                return None
            last, first = by_last.get(key, []), by_first.get(key, [])
            # Friedrich may be Karl Friedrich or Friedrich III, so both have to be asked.
            return self._widest(last + first if words[0] in FIRST_NAMES else last or first)
        if votes["Person"] == 0 and not _INITIAL.fullmatch(words[0]):
            return None
        wider = [k for k in by_first.get(normalise(words[0]), []) if _begins(words, self._forms[k].split())]
        if wider:
            return wider[0] if len(wider) == 1 else None
        last = by_last.get(normalise(words[-1]), [])
        return self._widest(
            [other for other in last if other != key and _is_short_for(words, self._forms[other].split())]
        )

    def _widest(self, keys: list[str]) -> str | None:
        """The longest of the names when all the others are short for it; None where they are different people."""
        if not keys:
            return None
        longest = max(keys, key=lambda key: (len(key.split()), key))
        whole = self._forms[longest].split()
        rest = (self._forms[key].split() for key in keys if key != longest)
        return longest if all(_is_short_for(words, whole) for words in rest) else None


def _begins(short: list[str], whole: list[str]) -> bool:
    """Whether a name leaves out where somebody rules or comes from: Charles IX, Charles IX of France."""
    return len(whole) > len(short) + 1 and whole[: len(short)] == short and whole[len(short)] in {"of", "von"}


def _is_short_for(short: list[str], whole: list[str]) -> bool:
    """Whether a name leaves out or abbreviates given names of another: D. Messerschmidt, Daniel Messerschmidt."""
    if len(short) > len(whole) or (len(short) == len(whole) and short == whole):
        return False
    first = _INITIAL.fullmatch(short[0])
    begins = whole[0].startswith(first.group(1)) if first else short[0] == whole[0]
    middle = set(short[1:-1]) - PARTICLES
    fits = all(word in whole or any(w[0] == word[0] for w in whole if _INITIAL.fullmatch(word)) for word in middle)
    longer = len(short) < len(whole) or first is not None
    return begins and fits and longer and short[-1] == whole[-1]
