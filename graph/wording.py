"""Numbers and amounts as people write them, in English and in German."""

from __future__ import annotations


def decimal(value: float, places: int, language: str = "en") -> str:
    """A number with decimals: 1,234.5 or 1.234,5."""
    text = f"{value:,.{places}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "de" else text


def money(usd: float, language: str = "en") -> str:
    """US dollars: $0.12 or 0,12 $; amounts below a cent keep what tells them from nothing."""
    amount = decimal(usd, 2 if usd >= 0.01 or usd == 0 else 4, language)
    return f"{amount} $" if language == "de" else f"${amount}"


def many(n: int, one: str, more: str | None = None) -> str:
    """So many things, in English: 1 page, 2 pages, 1,000 entities."""
    return f"{n:,} {one if n == 1 else more or f'{one}s'}"


class Number:
    """A number in an error's text: `{n:page|pages}` is 1 page or 2 pages, `{usd:$}` money, `{n}` the number itself."""

    def __init__(self, value: float, language: str) -> None:
        self._value, self._language = value, language

    def __format__(self, how: str) -> str:
        if how == "$":
            return money(self._value, self._language)
        one, _, more = how.partition("|")
        return f"{self} {one if self._value == 1 else more}" if more else str(self)

    def __str__(self) -> str:
        text = str(self._value)
        return text.replace(".", ",") if self._language == "de" else text
