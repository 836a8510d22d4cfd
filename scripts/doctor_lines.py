"""What the doctor says: one line for each thing looked at. Python's own library alone, and old Pythons can read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple  # noqa: UP035 - read by Pythons that are too old for everything else

Words = Tuple[str, str]  # noqa: UP006
"""A text in English and in German."""
WELL, LOOK, BROKEN = "well", "look", "broken"
MARKS = {WELL: "✓", LOOK: "–", BROKEN: "✗"}
TITLES = {
    "python": ("Python", "Python"),
    "environment": ("Environment", "Umgebung"),
    "packages": ("Packages", "Pakete"),
    "port": ("Port", "Port"),
    "settings": ("Settings", "Einstellungen"),
    "home": ("Home folder", "Datenordner"),
    "disk": ("Disk space", "Speicherplatz"),
    "storage": ("Files", "Dateien"),
    "memory": ("Memory", "Arbeitsspeicher"),
    "database": ("Database", "Datenbank"),
    "schema": ("Schema", "Schema"),
    "vectors": ("Search by meaning", "Suche nach Sinn"),
    "cluster": ("Ray cluster", "Ray-Cluster"),
    "worker": ("Imports", "Importe"),
    "keys": ("Keys", "Schlüssel"),
    "models": ("Models", "Modelle"),
    "address": ("Public address", "Öffentliche Adresse"),
    "sign_in": ("Sign-in", "Anmeldung"),
}
STATES = {WELL: ("well", "gut"), LOOK: ("look here", "ansehen"), BROKEN: ("broken", "defekt")}


@dataclass(frozen=True)
class Line:
    """What was looked at, how it is, what was found, and what to do next where there is something to do."""

    check: str
    state: str
    found: Words
    todo: Optional[Words] = None  # noqa: UP045

    def text(self, language: str) -> str:
        """The line for a terminal."""
        which = 1 if language == "de" else 0
        title, said = TITLES[self.check][which], self.found[which]
        marked = f"{MARKS[self.state]} {STATES[self.state][which]:<9}  {title}: {said}"
        return marked if self.todo is None else f"{marked}\n{'':13}→ {self.todo[which]}"

    def data(self, language: str) -> dict:  # type: ignore[type-arg]
        """The line for programs."""
        which = 1 if language == "de" else 0
        todo = None if self.todo is None else self.todo[which]
        said = {"check": self.check, "state": self.state, "title": TITLES[self.check][which]}
        return {**said, "found": self.found[which], "next": todo}


def well(check: str, en: str, de: str) -> Line:
    """Nothing to do."""
    return Line(check, WELL, (en, de))


def same(text: str) -> Words:
    """A text that is the same in both languages."""
    return text, text
