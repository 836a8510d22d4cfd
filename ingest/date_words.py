"""The words of dates in German and English sources, old ones too: months, seasons, ordinals, what stands around."""

from __future__ import annotations

from typing import Final

_MONTHS: Final = """
januar january jan jänner jenner hartung januarii ianuarii januarij
februar february feb febr feber hornung februarii februarij
märz march mar mär mrz merz lenzmond lenzing martii martij
april apr ostermond aprilis
mai may maj wonnemond maii maij
juni june jun brachmond brachet junii iunii junij
juli july jul heumond heuet julii iulii julij
august aug erntemond augustmonat augusti
september sept sep herbstmond septembris 7bris 7ber 7br
oktober october okt oct weinmond octobris 8bris 8ber 8br
november nov wintermond windmond novembris 9bris 9ber 9br
dezember december dez dec christmond julmond heilmond decembris xbris 10bris xber xbr
"""
MONTHS: Final = {word: number for number, line in enumerate(_MONTHS.strip().splitlines(), 1) for word in line.split()}
ROMAN_MONTHS: Final = {word: n for n, word in enumerate("i ii iii iv v vi vii viii ix x xi xii".split(), 1)}

_SEASONS: Final = ("spring frühling frühjahr lenz", "summer sommer", "autumn fall herbst", "winter")
SEASONS: Final = {word: number for number, line in enumerate(_SEASONS, 21) for word in line.split()}
"""As EDTF numbers them: 21 spring, 22 summer, 23 autumn, 24 winter."""

_ORDINALS: Final = """
first erste ersten erstes
second zweite zweiten zweites
third dritte dritten drittes
fourth vierte vierten viertes
fifth fünfte fünften
sixth sechste sechsten
seventh siebte siebten siebente siebenten
eighth achte achten
ninth neunte neunten
tenth zehnte zehnten
eleventh elfte elften
twelfth zwölfte zwölften
thirteenth dreizehnte dreizehnten
fourteenth vierzehnte vierzehnten
fifteenth fünfzehnte fünfzehnten
sixteenth sechzehnte sechzehnten
seventeenth siebzehnte siebzehnten
eighteenth achtzehnte achtzehnten
nineteenth neunzehnte neunzehnten
twentieth zwanzigste zwanzigsten
"""
ORDINALS: Final = {
    word: number for number, line in enumerate(_ORDINALS.strip().splitlines(), 1) for word in line.split()
} | {"twenty-first": 21, "einundzwanzigste": 21, "einundzwanzigsten": 21, "last": -1, "letzte": -1, "letztes": -1}
ORDINALS["letzten"] = -1

PARTS: Final = {"hälfte": 2, "half": 2, "drittel": 3, "third": 3, "viertel": 4, "quarter": 4}
STRETCHES: Final = {
    "anfang": 0, "beginn": 0, "frühes": 0, "frühen": 0, "early": 0, "beginning": 0, "start": 0,
    "mitte": 1, "mid": 1, "middle": 1, "mittleres": 1, "mittleren": 1,
    "ende": 2, "spätes": 2, "späten": 2, "ausgang": 2, "late": 2, "end": 2,
}  # fmt: skip

APPROXIMATE: Final = tuple(
    "um ca. ca circa zirka c. about around approximately approx. gegen etwa ungefähr nahe".split()
)
UNCERTAIN: Final = tuple(
    "wohl vermutlich wahrscheinlich vielleicht möglicherweise angeblich probably perhaps possibly presumably".split()
)
BEFORE: Final = (
    "nicht später als", "not later than", "spätestens", "no later than", "at the latest", "vor", "before", "bis zu",
    "bis", "until", "till", "ante", "prior to", "by",
)  # fmt: skip
AFTER: Final = (
    "nicht früher als", "not earlier than", "no earlier than", "frühestens", "nach", "after", "seit", "since", "ab",
    "from", "von", "post",
)  # fmt: skip
FILLERS: Final = (
    "im jahre", "im jahr", "in the year of", "in the year", "the year", "des jahres", "anno domini", "anno", "jahr",
    "jahre", "dated", "datiert", "am", "im", "in", "on", "den", "dem", "der", "des", "das", "die", "the", "during",
    "of",
)  # fmt: skip
WEEKDAYS: Final = (
    "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend", "sonntag",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
