"""What can go wrong with a web address that somebody names, and with a page of the web.

NoDocument
├── AddressMalformed  HostUnknown  AddressPrivate                                     before anything is sent
├── HostUnreachable  CertificateBad  TooSlow  TooManyRedirects                        on the way
├── PageNotFound  LoginNeeded  HostBusy  AnswerUnexpected                             what the server says
├── AnswerTooLarge  AnswerEmpty  AnswerDamaged                                        what it sends
SourceError
├── HtmlTooLarge  HtmlCutOff  HtmlWithoutText                                         HTML, wherever it is from
WrongUse
├── NoWebAddress                                                                      another kind of address
"""

from __future__ import annotations

from graph.errors import NoDocument, SourceError, WrongUse


class NoWebAddress(WrongUse):
    en = "“{name}” is no address that is fetched: it must begin with http:// or https://. Or save it and add the file."
    de = "„{name}“ wird nicht geholt: Adressen beginnen mit http:// oder https://. Oder speichern und die Datei nennen."


class AddressMalformed(NoDocument):
    en = (
        "“{url}” is not a web address that can be fetched. It looks like https://example.org/page, "
        "with no name and password in it."
    )
    de = (
        "„{url}“ ist keine Webadresse, die sich abrufen lässt. Sie sieht aus wie https://example.org/seite, "
        "ohne Namen und Passwort darin."
    )


class HostUnknown(NoDocument):
    en = "There is no server of the name {host}. Check the spelling, or whether this computer is online."
    de = "Einen Server namens {host} gibt es nicht. Bitte die Schreibweise prüfen und ob dieser Rechner online ist."


class AddressPrivate(NoDocument):
    en = (
        "{host} is in a private network and is not fetched. Whoever runs this program can allow that: "
        "WUNDERKAMMER_ALLOW_PRIVATE=1."
    )
    de = (
        "{host} liegt in einem privaten Netz und wird nicht abgerufen. Wer das Programm betreibt, kann das erlauben: "
        "WUNDERKAMMER_ALLOW_PRIVATE=1."
    )


class HostUnreachable(NoDocument):
    en = "{host} does not answer ({detail}). Try the address in a browser, and add it again later."
    de = "{host} antwortet nicht ({detail}). Bitte die Adresse im Browser ausprobieren und später erneut hinzufügen."


class CertificateBad(NoDocument):
    en = (
        "The connection to {host} is not safe: {detail}. Check the spelling; if your browser opens the page, "
        "save it there and add the file."
    )
    de = (
        "Die Verbindung zu {host} ist nicht sicher: {detail}. Bitte die Schreibweise prüfen; öffnet der Browser "
        "die Seite, dort speichern und die Datei hinzufügen."
    )


class TooSlow(NoDocument):
    en = (
        "{host} did not deliver “{name}” within {seconds} seconds. Try again later, or save it in a browser and add it."
    )
    de = (
        "{host} hat „{name}“ nicht innerhalb von {seconds} Sekunden geliefert. Bitte später erneut versuchen "
        "oder im Browser speichern und die Datei hinzufügen."
    )


class PageNotFound(NoDocument):
    en = "{host} has nothing at this address (status {status}). Check the address in a browser."
    de = "{host} hat nichts unter dieser Adresse (Status {status}). Bitte die Adresse im Browser prüfen."


class LoginNeeded(NoDocument):
    en = (
        "{host} does not give this page to programs, or wants a login (status {status}). "
        "Open it in a browser, save it and add the file."
    )
    de = (
        "{host} gibt diese Seite nicht an Programme heraus oder verlangt eine Anmeldung (Status {status}). "
        "Bitte im Browser öffnen, speichern und die Datei hinzufügen."
    )


class HostBusy(NoDocument):
    en = "{host} is busy or has a problem of its own (status {status}). Add the address again later."
    de = "{host} ist überlastet oder hat selbst ein Problem (Status {status}). Bitte später erneut hinzufügen."


class AnswerUnexpected(NoDocument):
    en = "{host} answered with status {status} instead of the page. Open it in a browser, save it and add the file."
    de = (
        "{host} hat mit Status {status} statt mit der Seite geantwortet. "
        "Bitte im Browser öffnen, speichern und die Datei hinzufügen."
    )


class TooManyRedirects(NoDocument):
    en = (
        "{host} sends from one address to the next, more than {limit} times. "
        "Open the page in a browser and add the address that it shows in the end."
    )
    de = (
        "{host} leitet von einer Adresse zur nächsten, mehr als {limit}-mal. "
        "Bitte die Seite im Browser öffnen und die Adresse hinzufügen, die dort am Ende steht."
    )


class AnswerTooLarge(NoDocument):
    en = (
        "“{name}” at {host} is larger than {limit_mb} MB, the most that is fetched. Save a part of it and add that, "
        "or set WUNDERKAMMER_MAX_FILE_MB to a larger number."
    )
    de = (
        "„{name}“ bei {host} ist größer als {limit_mb} MB; mehr wird nicht abgerufen. Bitte einen Teil speichern "
        "und hinzufügen oder WUNDERKAMMER_MAX_FILE_MB höher setzen."
    )


class AnswerEmpty(NoDocument):
    en = "{host} answered with an empty page. Open the address in a browser; if it shows something, save and add that."
    de = (
        "{host} hat mit einer leeren Seite geantwortet. Bitte die Adresse im Browser öffnen; "
        "zeigt er etwas, dort speichern und die Datei hinzufügen."
    )


class AnswerDamaged(NoDocument):
    en = "What {host} sent of “{name}” is damaged or cut off: {detail}. Add the address again later."
    de = (
        "Was {host} von „{name}“ geschickt hat, ist beschädigt oder abgeschnitten: {detail}. "
        "Bitte die Adresse später erneut hinzufügen."
    )


class HtmlTooLarge(SourceError):
    en = "“{name}” is HTML of more than {limit_mb} MB, the most that is read. Split it and add the parts."
    de = "„{name}“ ist HTML mit mehr als {limit_mb} MB; mehr wird nicht gelesen. Bitte aufteilen."


class HtmlCutOff(SourceError):
    en = "“{name}” is nested too deep: only its beginning was read. Open it in a browser, print it to PDF and add that."
    de = (
        "„{name}“ ist zu tief verschachtelt: Nur der Anfang wurde gelesen. "
        "Bitte im Browser öffnen, als PDF drucken und hinzufügen."
    )


class HtmlWithoutText(SourceError):
    en = "“{name}” has no text before its programs run in a browser. Open it there, print it to PDF and add that."
    de = (
        "„{name}“ hat keinen Text, bevor seine Programme in einem Browser laufen. "
        "Bitte dort öffnen, als PDF drucken und hinzufügen."
    )
