"""What can go wrong with a model, whoever runs it; each provider's own file maps its exceptions to these.

Missing (graph.errors)
├── NoKey                 no key is set for a provider that wants one
├── NoAddress             no address is set for a server of one's own
├── NotInstalled          a package is needed that is not installed
├── NoWeights             the model's files are not on this computer yet
├── LicenceNotAccepted    the model's licence must be accepted first, or the token does not show that it was
├── DamagedWeights        the model's files are here, but not whole
├── BadModelFile          a file that was named as a model is none, or none that can be used here
├── NoRoomOnDisk          there is not enough room on the disk for the model's files
├── HubOffline            downloads are switched off by a variable
├── NotEnoughMemory       the model does not fit into the memory that is free here
└── RunsApart             the model needs an environment of its own
WrongUse (graph.errors)
└── UnknownModel          there is no model of that name
ModelError (graph.errors)
├── BadKey, Forbidden, NoSuchModel, QuotaExhausted, BadRequest, ContextTooLong, Moved   trying again will not help
├── OutOfMemory, ModelCrashed, ReadsNoPictures, BadPicture                        of models that run here
├── RateLimited, Unreachable, TimedOut, ProviderFailed, Interrupted, ModelBusy, DamagedDownload   later may help
└── CutOff, Refused, NotUnderstood                                                it answered, but not usefully

No text here ever carries a key: what a provider says is passed through `scrub` first.
"""

from __future__ import annotations

import re

from graph.errors import Missing, ModelError, WrongUse, WunderkammerError

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


class NoAddress(Missing):
    en = "Set {variable} to the address of your server, such as http://localhost:11434/v1, in the environment or .env."
    de = (
        "Setzen Sie {variable} in der Umgebung oder .env auf die Adresse Ihres Servers, etwa http://localhost:11434/v1."
    )


class NoWeights(Missing):
    en = "{model} is not on this computer yet: {size} GB to download. Run: {command}"
    de = "{model} ist noch nicht auf diesem Rechner: {size} GB zum Herunterladen. Führen Sie aus: {command}"


class LicenceNotAccepted(Missing):
    en = (
        "{model} is given out under a licence that you accept once: 1. sign in at {page} and accept it; 2. make a "
        "token with the right to read at https://huggingface.co/settings/tokens; 3. set HF_TOKEN to it, or type it on "
        "the Models page; 4. run: {command}"
    )
    de = (
        "{model} steht unter einer Lizenz, der Sie einmal zustimmen: 1. auf {page} anmelden und zustimmen; 2. auf "
        "https://huggingface.co/settings/tokens einen Token mit Leserecht anlegen; 3. HF_TOKEN darauf setzen oder ihn "
        "auf der Seite Modelle eintragen; 4. ausführen: {command}"
    )


class DamagedWeights(Missing):
    en = "The files of {model} on this computer are not whole ({detail}). Download them again: {command}"
    de = "Die Dateien von {model} auf diesem Rechner sind nicht vollständig ({detail}). Laden Sie sie neu: {command}"


class BadModelFile(Missing):
    en = "{file} cannot be used as a model: {detail}."
    de = "{file} ist nicht als Modell zu gebrauchen: {grund}."


class NoRoomOnDisk(Missing):
    en = (
        "{model} needs {needed} GB more on the disk of {folder}, where {free} GB are free. Free some space, or set "
        "HF_HOME to a folder on a larger disk. What has come stays."
    )
    de = (
        "{model} braucht noch {needed} GB auf dem Datenträger von {folder}; frei sind {free} GB. Schaffen Sie Platz "
        "oder setzen Sie HF_HOME auf einen Ordner mit mehr Platz. Was schon da ist, bleibt."
    )


class HubOffline(Missing):
    en = "Downloads are switched off by {variable}. Unset it and try again; models that are here already work."
    de = "Herunterladen ist durch {variable} abgeschaltet. Löschen Sie die Variable; was schon hier ist, funktioniert."


class NotEnoughMemory(Missing):
    en = (
        "{model} takes {needed} GB of memory; {free} GB of {total} GB are free here. Close other programs, unload "
        "another model, or choose a smaller one."
    )
    de = (
        "{model} braucht {needed} GB Arbeitsspeicher; hier sind {free} von {total} GB frei. Schließen Sie andere "
        "Programme, entladen Sie ein anderes Modell oder wählen Sie ein kleineres."
    )


class RunsApart(Missing):
    en = "{model} cannot run beside the other models: {why}"
    de = "{model} kann nicht neben den anderen Modellen laufen: {warum}"


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


class Moved(ModelError):
    en = (
        "{server} says that it has moved to another address. Nothing was sent there. Set {variable} to the new address."
    )
    de = (
        "{server} ist laut Antwort umgezogen. Dorthin wurde nichts geschickt. Setzen Sie {variable} auf die neue "
        "Adresse."
    )


class OutOfMemory(ModelError):
    en = (
        "{model} ran out of memory in the middle of its answer. Ask with less evidence or a smaller picture, close "
        "other programs, or choose a smaller model."
    )
    de = (
        "{model} ging mitten in der Antwort der Speicher aus. Nehmen Sie weniger Belege oder ein kleineres Bild, "
        "schließen Sie andere Programme oder wählen Sie ein kleineres Modell."
    )


class ModelCrashed(ModelError):
    en = "{model} failed while it ran on this computer: {detail}. Unload it on the Models page and ask again."
    de = (
        "{model} ist auf diesem Rechner beim Rechnen gescheitert: {detail}. Entladen Sie es auf der Seite Modelle und "
        "fragen Sie noch einmal."
    )


class ReadsNoPictures(ModelError):
    en = "{model} does not read pictures. Choose a model that does; the Models page says which."
    de = "{model} liest keine Bilder. Wählen Sie eines, das es kann; die Seite Modelle sagt, welche."


class BadPicture(ModelError):
    en = "{model} cannot open this picture: it is damaged, too large or of an unknown kind. Choose another one."
    de = (
        "{model} kann dieses Bild nicht öffnen: es ist beschädigt, zu groß oder von unbekannter Art. Nehmen Sie ein "
        "anderes."
    )


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


class ModelBusy(ModelError):
    en = "{model} has been busy with other questions for a long time. Try again later, or choose another model."
    de = (
        "{model} ist seit langem mit anderen Fragen beschäftigt. Versuchen Sie es später oder mit einem anderen Modell."
    )


class CutOff(ModelError):
    en = "{model} ran out of room in the middle of its answer. Ask for less, or choose a model with longer answers."
    de = "{model} ging mitten in der Antwort der Platz aus. Fragen Sie weniger oder wählen Sie ein anderes Modell."


class Refused(ModelError):
    en = "{model} declined to answer this. Word it differently, or choose another model."
    de = "{model} lehnt es ab, das zu beantworten. Formulieren Sie es anders oder wählen Sie ein anderes Modell."


class DamagedDownload(ModelError):
    en = "{file} of {model} came damaged from {server} and was removed: its checksum is wrong. Run again: {command}"
    de = (
        "{file} von {model} kam von {server} beschädigt an und wurde gelöscht: die Prüfsumme stimmt nicht. Noch "
        "einmal: {command}"
    )


class NotUnderstood(ModelError):
    en = "{model} answered in a form that cannot be used: {detail}"
    de = "{model} hat in einer Form geantwortet, die nicht zu gebrauchen ist: {detail}"


WORTH_RETRYING: tuple[type[ModelError], ...] = (
    RateLimited,
    Unreachable,
    TimedOut,
    ProviderFailed,
    Interrupted,
    ModelBusy,
)
"""Errors that may pass by themselves; a worker keeps such work waiting instead of giving it up."""

SAME_FOR_ALL: tuple[type[WunderkammerError], ...] = (Missing, BadKey, Forbidden, NoSuchModel, QuotaExhausted, Moved)
"""Errors that every other call of the same model would meet too, whatever it asks."""


def scrub(detail: str, *secrets: str | None) -> str:
    """A provider's words without keys and passwords, on one line, shortened; safe to show and to log."""
    for secret in secrets:
        if secret:
            detail = detail.replace(secret, "•••")
    detail = " ".join(_KEY_LIKE.sub("•••", detail).split())
    return detail if len(detail) <= _LONGEST_DETAIL else detail[: _LONGEST_DETAIL - 1] + "…"
