"""The words of a question: those that carry meaning, German and English, and the names among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from graph.types import normalise

_ENGLISH = """
a about above after again against all also am an and any are as at be because been before being below between both but
by can could did do does doing down during each either few for from further get give had has have having he her here
hers him his how i if in into is it its itself just let list me mention mentioned more most much my name no nor not now
of off on once one only or other our out over own please s same say she should show so some such t tell than that the
their them then there these they this those through to too under until up us very was we were what when where which
while who whom whose why will with would you your
"""

_GERMAN = """
ab aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei beim bin bis bist da dabei
damit danach dann darf das dass dein deine dem den denn der des dessen dich die dies diese diesem diesen dieser dieses
dir doch dort du durch ein eine einem einen einer eines er es etwas euch für gab gegen gibt hab habe haben hat hatte
hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist ja jede jedem jeden jeder jedes kann
kein keine keinem keinen keiner können könnte machen man mehr mein meine mich mir mit muss nach nenne nenn nicht noch
nun nur ob oder ohne sehr sein seine seinem seinen seiner seit sich sie sind so soll sollte sondern sonst über um und
uns unser unter viel vom von vor wann war waren warum was weg weil welche welchem welchen welcher welches wem wen wenn
wer werde werden weshalb wessen wie wieder wieso will wir wird wirst wo woher wohin womit wurde wurden zeige zu zum zur
zwischen
"""

ENGLISH = frozenset(_ENGLISH.split())
GERMAN = frozenset(_GERMAN.split())
STOPWORDS = ENGLISH | GERMAN
_WORD = re.compile(r"\w+", re.UNICODE)


def content_words(text: str) -> list[str]:
    """The words of a text that carry meaning, casefolded, in order, each once; all words where none does."""
    words = list(dict.fromkeys(word.casefold() for word in _WORD.findall(text)))
    return [word for word in words if word not in STOPWORDS] or words


def named_in(text: str, names: Mapping[str, Iterable[str]]) -> set[str]:
    """Which of the names, by key with all their forms, stand in a text word for word; none inside a longer one."""
    words = _WORD.findall(normalise(text))
    spans: list[tuple[int, int, str]] = []
    for key, forms in names.items():
        for form in forms:
            name = _WORD.findall(normalise(form))
            if not name or STOPWORDS.issuperset(name):
                continue
            starts = range(len(words) - len(name) + 1)
            spans += [(at, at + len(name), key) for at in starts if words[at : at + len(name)] == name]
    return {
        key
        for start, end, key in spans
        if not any(a <= start and end <= b and b - a > end - start for a, b, _ in spans)
    }
