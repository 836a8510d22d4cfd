"""What can go wrong with a model, whoever runs it; each provider's own file maps its exceptions to these.

Missing (graph.errors)
├── NoKey                 no key is set for a provider that wants one
└── NotInstalled          a package is needed that is not installed
WrongUse (graph.errors)
└── UnknownModel          there is no model of that name
ModelError (graph.errors)
├── BadKey, Forbidden, NoSuchModel, QuotaExhausted, BadRequest, ContextTooLong    trying again will not help
├── RateLimited, Unreachable, TimedOut, ProviderFailed, Interrupted                 trying again later may
└── CutOff, Refused, NotUnderstood                                                it answered, but not usefully

No text here ever carries a key: what a provider says is passed through `scrub` first.
"""

from __future__ import annotations

import re

from graph.errors import Missing, ModelError, WrongUse

_KEY_LIKE = re.compile(r"(?i)\b(?:sk|pk|hf|key|gsk)[-_][\w*.\-]{4,}|\bbearer\s+\S+|(?<=//)[^/\s@]+@")
_LONGEST_DETAIL = 300


class NoKey(Missing):
    en = (
        "{model} needs a key for {server}. Set {variable} in the environment or in .env, or type it on the Models page."
    )
    de = (
        "{model} braucht einen Schlüssel für {server}. Setzen Sie {variable} in der Umgebung oder in .env, "
        "oder tragen Sie ihn auf der Seite Modelle ein."
    )


class NotInstalled(Missing):
    en = "{model} needs the package {package}, which is not installed. Run: {command}"
    de = "{model} braucht das Paket {package}, das nicht installiert ist. Führen Sie aus: {command}"


class UnknownModel(WrongUse):
    en = "There is no model {model}. {hint}"
    de = "Ein Modell {model} gibt es nicht. {hinweis}"


class BadKey(ModelError):
    en = "{server} does not accept the key. Check {variable}: it may be mistyped, expired or revoked."
    de = "{server} nimmt den Schlüssel nicht an. Prüfen Sie {variable}: vertippt, abgelaufen oder gesperrt?"


class Forbidden(ModelError):
    en = "{server} does not let this key use {model}. Ask for access there, or choose another model."
    de = (
        "{server} erlaubt diesem Schlüssel nicht, {model} zu nutzen. Beantragen Sie Zugang oder wählen Sie ein anderes."
    )


class NoSuchModel(ModelError):
    en = "{server} has no model {model}. Choose another one on the Models page; models are withdrawn from time to time."
    de = "{server} kennt kein Modell {model}. Wählen Sie ein anderes; Modelle werden mit der Zeit abgeschaltet."


class RateLimited(ModelError):
    """`seconds` is how long the server asks to wait, 0 where it does not say."""

    en = "{server} asks to slow down (wait {seconds} s). Nothing is lost: try again then, or use fewer at once."
    de = "{server} bittet um langsamere Anfragen ({seconds} s). Nichts ist verloren: versuchen Sie es dann noch einmal."

    @property
    def retry_after(self) -> float:
        """Seconds the server asks to wait; 0.0 where it does not say."""
        return float(self.params.get("seconds", 0))


class QuotaExhausted(ModelError):
    en = "The credit at {server} is used up. Add credit there, or choose another model; waiting does not help."
    de = "Das Guthaben bei {server} ist aufgebraucht. Laden Sie es auf oder nehmen Sie ein anderes Modell."


class BadRequest(ModelError):
    en = "{server} did not accept the request for {model}: {detail}"
    de = "{server} hat die Anfrage an {model} nicht angenommen: {detail}"


class ContextTooLong(ModelError):
    en = "The text is too long for {model}. Ask with less evidence, or choose a model that reads more at once."
    de = "Der Text ist zu lang für {model}. Nehmen Sie weniger Belege oder ein Modell, das mehr auf einmal liest."


class Unreachable(ModelError):
    en = "{server} cannot be reached. Is this computer online, is the server running, is the address right?"
    de = "{server} ist nicht erreichbar. Ist dieser Rechner online, läuft der Server, stimmt die Adresse?"


class TimedOut(ModelError):
    en = "{server} did not answer in time. Try again, or choose a faster model."
    de = "{server} hat nicht rechtzeitig geantwortet. Versuchen Sie es noch einmal oder mit einem schnelleren Modell."


class ProviderFailed(ModelError):
    en = "{server} failed (error {status}). That is not your fault: try again in a minute."
    de = "{server} hat versagt (Fehler {status}). Das liegt nicht an Ihnen: versuchen Sie es bald noch einmal."


class Interrupted(ModelError):
    en = "The connection to {server} broke in the middle of the answer. Ask again."
    de = "Die Verbindung zu {server} ist mitten in der Antwort abgerissen. Fragen Sie noch einmal."


class CutOff(ModelError):
    en = "{model} ran out of room in the middle of its answer. Ask for less, or choose a model with longer answers."
    de = "{model} ging mitten in der Antwort der Platz aus. Fragen Sie weniger oder wählen Sie ein anderes Modell."


class Refused(ModelError):
    en = "{model} declined to answer this. Word it differently, or choose another model."
    de = "{model} lehnt es ab, das zu beantworten. Formulieren Sie es anders oder wählen Sie ein anderes Modell."


class NotUnderstood(ModelError):
    en = "{model} answered in a form that cannot be used: {detail}"
    de = "{model} hat in einer Form geantwortet, die nicht zu gebrauchen ist: {detail}"


WORTH_RETRYING: tuple[type[ModelError], ...] = (RateLimited, Unreachable, TimedOut, ProviderFailed, Interrupted)
"""Errors that may pass by themselves; a worker keeps such work waiting instead of giving it up."""


def scrub(detail: str, *secrets: str | None) -> str:
    """A provider's words without keys and passwords, on one line, shortened; safe to show and to log."""
    for secret in secrets:
        if secret:
            detail = detail.replace(secret, "•••")
    detail = " ".join(_KEY_LIKE.sub("•••", detail).split())
    return detail if len(detail) <= _LONGEST_DETAIL else detail[: _LONGEST_DETAIL - 1] + "…"
