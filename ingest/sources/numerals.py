"""Numbers as lists write them: figures, letters, Roman numerals."""

from __future__ import annotations

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def written(count: int, kind: str) -> str:
    """A number as a list writes it: 4, 04, iv, IV, d or D."""
    if kind == "none":
        return ""
    if kind == "decimalZero":
        return f"{count:02d}"
    if 0 < count < 4000 and kind.endswith("Roman"):
        return roman(count).upper() if kind == "upperRoman" else roman(count)
    if 0 < count < 1000 and kind.endswith("Letter"):
        letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letters.upper() if kind == "upperLetter" else letters
    return str(count)


def roman(count: int) -> str:
    """A number from 1 to 3999 in small Roman figures."""
    figures = ""
    for worth, figure in _ROMAN:
        times, count = divmod(count, worth)
        figures += figure * times
    return figures
