"""Titles of works: in quotation marks of any kind, in italics, in Latin."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.rules.candidates import Candidate
from ingest.rules.latin import latin_titles
from ingest.rules.nouns import is_common_noun
from ingest.rules.tokens import without_case
from ingest.rules.words import words

_STARTERS = words("starters")
_QUOTED = re.compile(
    r"„([^„“”\"]{2,90})[“”\"]|“([^“”]{2,90})”|»([^»«]{2,90})«|«([^»«]{2,90})»|(?<!\w)\"([^\"\n]{2,90})\"|``([^`]{2,90}?)''"
    r"|『([^』]{1,60})』|《([^》]{1,60})》|(?<![*\w])(?P<star>\*)([^*\n]{2,90})\*(?![*\w])|(?<![_\w])(?P<line>_)([^_\n]{2,90})_(?![_\w])"
)


def titles_in(text: str, start: int, end: int, german: bool) -> Iterator[Candidate]:
    """What stands between quotation marks or in italics and looks like a title, and Latin titles without either."""
    for match in _QUOTED.finditer(text, start, end):
        group = next(g for g in match.groups() if g and g not in "*_")
        title = " ".join(group.split()).strip(" ,;")
        italic = bool(match.group("star") or match.group("line"))
        if _is_title(title, italic, german):
            yield Candidate(match.start(), match.end(), title, (("Work", 6),))
    for begin, stop in latin_titles(text, start, end):
        latin = text[begin:stop].split()
        # Two words may as well be the name of an animal or a plant.
        yield Candidate(begin, stop, " ".join(latin), (("Work", 6),) if len(latin) > 2 else ())


def _is_title(title: str, italic: bool, german: bool) -> bool:
    parts = title.split()
    if not title or not (title[0].isupper() or title[0].isdigit() or without_case(title)) or len(parts) > 10:
        return False
    if title.endswith((".", "!", "?", ",")) or re.search(r"[.!?;]\s", title):
        return False
    if len(parts) == 1:
        common = is_common_noun(title) if german else title.lower() in _STARTERS
        return not common and len(title) > 2 and not (german and title.isupper())
    if german:
        return italic or title.split()[0].lower() not in _STARTERS or len(parts) > 2
    longer = [word for word in parts if len(word) > 3]
    return italic or sum(word[0].isupper() or word[0].isdigit() for word in longer) >= 0.6 * len(longer)
