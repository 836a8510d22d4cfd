"""Ids are hashes of what makes a thing what it is; names are compared in one form."""

from __future__ import annotations

import hashlib
import unicodedata

from graph.vocabulary import predicate_key


def make_id(*parts: str | int | None) -> str:
    """A stable 32-digit id from the parts that make a thing what it is: same parts, same id."""
    joined = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def normalise(name: str) -> str:
    """The form in which names are compared: NFKC, casefolded, white space collapsed; never reduced to ASCII."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def statement_id(collection: str, subject: str, predicate: str, object_: str) -> str:
    """The id of a claim; "born in" and "BORN_IN" make the same one."""
    return make_id("statement", collection, subject, normalise(predicate_key(predicate)), object_)
