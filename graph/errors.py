"""What can go wrong, as text for people: every error says what happened and what to do next.

WunderkammerError                      exit code
├── WrongUse                           2   the request itself cannot be carried out
├── SourceError                        2   a file or address cannot be read (stored as a failure of that document)
│   └── NoDocument                     2   nothing is there that could be one (told after the import, stored nowhere)
├── Missing                            3   a key, a model, a package or a server is needed
├── StoreError                         3   the database cannot be reached or does not fit; all work waits for it
└── ModelError                         3   a provider or a local model did not do its work

Each layer defines its own subclasses beside the code that raises them. A subclass carries its text in English
and German; `{name}` in it is filled from the keyword arguments, numbers as `graph.wording.Number` says. Errors are
caught in one place per surface: `pages.page()`, `cli.run()` and the worker, which stores them as a `Failure`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from graph.wording import Number

Language = str
"""A BCP 47 language of the interface: "en" or "de"."""


class WunderkammerError(Exception):
    """Root of all our errors; `en` and `de` are templates filled with the keyword arguments."""

    en: ClassVar[str] = "Something went wrong: {detail}"
    de: ClassVar[str] = "Etwas ist schiefgegangen: {detail}"
    exit_code: ClassVar[int] = 3
    known: ClassVar[dict[str, type[WunderkammerError]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        other = WunderkammerError.known.setdefault(cls.__name__, cls)
        if other is not cls and other.__module__ != cls.__module__:
            # A stored failure is said by its name: two of one name would say each other's words.
            raise TypeError(f"{cls.__module__} and {other.__module__} both define the error {cls.__name__}")

    def __init__(self, **params: str | int | float) -> None:
        self.params = params
        super().__init__(self.text("en"))

    def __reduce__(self) -> tuple[Any, ...]:
        """From one process to another it travels with its values; Python would hand over the finished sentence."""
        return _again, (type(self), self.params)

    @property
    def code(self) -> str:
        """The stable name of this kind of error."""
        return type(self).__name__

    def text(self, language: Language = "en") -> str:
        """The message in one language; never raises, a missing value is left visible."""
        template = self.de if language == "de" else self.en
        said = {k: Number(v, language) if isinstance(v, int | float) else v for k, v in self.params.items()}
        return template.format_map(_Visible(said))

    def failure(self) -> Failure:
        """This error as a value that can be stored with a document or chunk."""
        return Failure(code=self.code, text=self.text("en"), params=dict(self.params))


def _again(kind: type[WunderkammerError], params: dict[str, str | int | float]) -> WunderkammerError:
    return kind(**params)


class _Visible(dict[str, "str | Number"]):
    def __missing__(self, key: str) -> _Gap:
        return _Gap("{" + key + "}")


class _Gap(str):
    """A value that is not there: it stays as it is where the text asks for two decimals."""

    def __format__(self, spec: str) -> str:
        return str(self)


class WrongUse(WunderkammerError):
    en = "{detail}"
    de = "{detail}"
    exit_code = 2


class SourceError(WunderkammerError):
    exit_code = 2


class NoDocument(SourceError):
    """What was named is not there, gives no answer, is empty or no document at all, so none is made of it."""


class Missing(WunderkammerError):
    exit_code = 3


class StoreError(WunderkammerError):
    exit_code = 3


class ModelError(WunderkammerError):
    exit_code = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure as it is stored: the error's code, its English text and the values to say it in another language."""

    code: str
    text: str
    params: dict[str, str | int | float] = field(default_factory=dict)

    def say(self, language: Language) -> str:
        """The text in the given language, in English where the error is unknown to this version."""
        kind = WunderkammerError.known.get(self.code)
        return kind(**self.params).text(language) if kind and self.params is not None else self.text

    @property
    def no_document(self) -> bool:
        """Whether there is nothing that could be a document, rather than one that cannot be read."""
        return issubclass(WunderkammerError.known.get(self.code, WunderkammerError), NoDocument)
