"""What can go wrong on the way to a channel. No text here ever holds the address of one, for it is a secret."""

from __future__ import annotations

from typing import ClassVar

from graph.errors import Language, Missing, WrongUse, WunderkammerError


class NoChannel(Missing):
    en = (
        "No channel is set up. Add one on the page Findings or with `python -m share channels --add NAME`, "
        "or set TEAMS_WEBHOOK_URL."
    )
    de = (
        "Es ist kein Kanal eingerichtet. Fügen Sie einen auf der Seite Fundstücke oder mit "
        "`python -m share channels --add NAME` hinzu, oder setzen Sie TEAMS_WEBHOOK_URL."
    )


class NoSuchChannel(WrongUse):
    en = "There is no channel “{name}” here. Known are: {known}."
    de = "Einen Kanal „{name}“ gibt es hier nicht. Bekannt sind: {known}."


class ChannelUnclear(WrongUse):
    en = "There are several channels: {known}. Say which with --channel NAME."
    de = "Es gibt mehrere Kanäle: {known}. Sagen Sie mit --channel NAME, welcher gemeint ist."


class NotAChannelName(WrongUse):
    en = "A channel needs a name of 1 to 60 characters that no other has."
    de = "Ein Kanal braucht einen Namen von 1 bis 60 Zeichen, den kein anderer hat."


class NotAWebhook(WrongUse):
    en = "That is not the address of a channel. It is the whole https address that Teams or another service gave."
    de = "Das ist keine Adresse eines Kanals. Gemeint ist die ganze https-Adresse, die Teams oder der Dienst nennt."


class WebhookUnknownHost(WrongUse):
    en = "There is no computer of the name in this address. Copy the address anew, or see whether you are online."
    de = "Einen Rechner dieses Namens gibt es nicht. Bitte die Adresse neu kopieren oder die Verbindung prüfen."


class WebhookPrivate(WrongUse):
    en = "This address leads into a private network. Whoever runs this program can allow that: {variable}=1."
    de = "Diese Adresse führt in ein privates Netz. Wer das Programm betreibt, kann das erlauben: {variable}=1."


class ChannelsUnreadable(Missing):
    en = "The file with the channels cannot be used: {detail}. It is {path}."
    de = "Die Datei mit den Kanälen ist nicht benutzbar: {detail}. Es ist {path}."


class NotTaken(WunderkammerError):
    """A channel that will not take a message; `status` is what it answered."""


class CardRefused(NotTaken):
    en = "The channel “{channel}” did not accept the message itself (status {status}). It was not posted."
    de = "Der Kanal „{channel}“ hat die Nachricht selbst abgelehnt (Status {status}). Sie wurde nicht veröffentlicht."


class AddressExpired(NotTaken):
    en = (
        "The channel “{channel}” does not accept its address any more (status {status}). "
        "Copy the address of the flow anew and set up the channel with it."
    )
    de = (
        "Der Kanal „{channel}“ nimmt seine Adresse nicht mehr an (Status {status}). "
        "Bitte die Adresse des Flows neu kopieren und den Kanal damit einrichten."
    )


class ChannelDeleted(NotTaken):
    en = "There is nothing at the address of the channel “{channel}” any more (status {status}): its flow was deleted."
    de = "Unter der Adresse des Kanals „{channel}“ ist nichts mehr (Status {status}): Sein Flow wurde gelöscht."


class MessageTooLarge(NotTaken):
    en = "The message is too large for the channel “{channel}” (status {status}). Shorten the note and send it again."
    de = "Die Nachricht ist zu groß für den Kanal „{channel}“ (Status {status}). Bitte die Notiz kürzen und neu senden."


class ChannelRefused(NotTaken):
    en = "The channel “{channel}” refused the message (status {status})."
    de = "Der Kanal „{channel}“ hat die Nachricht abgelehnt (Status {status})."


class ChannelBusy(WunderkammerError):
    en = "The channel “{channel}” is busy or wants fewer messages (status {status}). It is tried again by itself."
    de = (
        "Der Kanal „{channel}“ ist überlastet oder will weniger Nachrichten (Status {status}). "
        "Es wird von selbst erneut versucht."
    )


class NothingCame(WunderkammerError):
    """The channel said nothing; `why` is a word of `share.post.Why`, or the status of a gateway before it."""

    en = de = "{channel}: {why}"
    whys: ClassVar[dict[str, tuple[str, str]]] = {
        "timeout": ("it took too long", "es dauerte zu lange"),
        "certificate": ("its certificate is not trusted", "sein Zertifikat ist nicht vertrauenswürdig"),
        "host": ("there is no computer of its name", "einen Rechner seines Namens gibt es nicht"),
        "refused": ("nobody answers there", "dort meldet sich niemand"),
        "lost": ("the connection broke off", "die Verbindung brach ab"),
        "address": ("its address is none", "seine Adresse ist keine"),
    }

    def text(self, language: Language = "en") -> str:
        why = str(self.params.get("why", "lost"))
        said = self.whys.get(why, (f"status {why}", f"Status {why}"))[language == "de"]
        return (self.de if language == "de" else self.en).format(channel=self.params.get("channel", "?"), why=said)


class ChannelUnreachable(NothingCame):
    en = "The channel “{channel}” cannot be reached: {why}. It is tried again by itself."
    de = "Der Kanal „{channel}“ ist nicht erreichbar: {why}. Es wird von selbst erneut versucht."


class AnswerMissing(NothingCame):
    en = (
        "The channel “{channel}” gave no answer ({why}): the message may have arrived. "
        "Look there before you send it again."
    )
    de = (
        "Der Kanal „{channel}“ hat nicht geantwortet ({why}): Die Nachricht ist vielleicht angekommen. "
        "Bitte dort nachsehen, bevor Sie sie erneut senden."
    )
