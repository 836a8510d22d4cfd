"""Codes of languages as files of libraries write them, as BCP 47 has them."""

from __future__ import annotations

import re

from graph.errors import WrongUse

_SHORT = {
    "deu": "de", "ger": "de", "frk": "de", "german": "de", "deutsch": "de",
    "eng": "en", "english": "en", "fra": "fr", "fre": "fr", "french": "fr", "ita": "it", "spa": "es", "nld": "nl",
    "dut": "nl", "lat": "la", "latin": "la", "dan": "da", "swe": "sv", "nor": "no", "ces": "cs", "cze": "cs",
    "pol": "pl", "por": "pt", "rus": "ru", "ell": "el", "gre": "el", "hun": "hu", "jpn": "ja", "zho": "zh", "chi": "zh",
    "ara": "ar", "heb": "he",
}  # fmt: skip
_NONE = frozenset({"und", "mul", "mis", "zxx"})
_CODE = re.compile(r"[a-z]{2,3}")


class NoSuchLanguage(WrongUse):
    en = "“{name}” is no language known here. Known are: {known}. For texts in another one, leave --language out."
    de = "„{name}“ ist hier keine bekannte Sprache. Bekannt sind: {known}. Bei anderen bitte --language weglassen."


def chosen_language(value: str | None) -> str | None:
    """The code of a language that somebody named; raises NoSuchLanguage for one that is not known."""
    code = language_code(value)
    if value is not None and code not in _SHORT.values():
        raise NoSuchLanguage(name=value, known=", ".join(sorted({*_SHORT.values()})))
    return code


def language_code(value: str | None) -> str | None:
    """The language of `ger`, `de-AT`, `deu_frak` or `German`: its shortest code; None for what names no language."""
    first = re.split(r"[-_+;,.\s]", (value or "").strip().casefold(), maxsplit=1)[0]
    if first in _NONE:
        return None
    return _SHORT.get(first) or (first if _CODE.fullmatch(first) else None)
