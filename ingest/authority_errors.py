"""What can go wrong with a service that knows an authority file; nothing of it changes the graph.

SourceError
├── ServiceUnknown  ServiceAway  ServiceSlow  ServiceBusy     it cannot be reached, or has no time
├── NoReconciliation  OtherProtocol  ServiceRefused           it answers something else
├── AnswerTooLong  NotAmongCandidates
"""

from __future__ import annotations

from graph.errors import SourceError, WrongUse


class ServiceUnknown(SourceError):
    en = "{host} is not to be found. Check whether this computer is online, and the address; nothing was changed."
    de = (
        "{host} ist nicht zu finden. Bitte prüfen, ob dieser Rechner online ist, und die Adresse; "
        "geändert wurde nichts."
    )


class ServiceAway(SourceError):
    en = (
        "{host} cannot be reached ({detail}). Check whether this computer is online; nothing was changed, "
        "and you can ask again at any time."
    )
    de = (
        "{host} ist nicht erreichbar ({detail}). Bitte prüfen, ob dieser Rechner online ist; geändert wurde nichts, "
        "und Sie können jederzeit erneut fragen."
    )


class ServiceSlow(SourceError):
    en = "{host} gave no answer within {seconds} seconds. Nothing was changed; ask again later."
    de = "{host} hat innerhalb von {seconds} Sekunden nicht geantwortet. Geändert wurde nichts; bitte später fragen."


class ServiceBusy(SourceError):
    en = "{host} is busy, or lets programs ask only so often (status {status}). Wait a minute and ask again."
    de = (
        "{host} ist überlastet oder lässt Programme nur in Abständen fragen (Status {status}). "
        "Bitte eine Minute warten und erneut fragen."
    )


class NoReconciliation(SourceError):
    en = (
        "{host} does not answer as services for authority files do (Reconciliation API 0.1 or 0.2). "
        "Check its address, such as https://lobid.org/gnd/reconcile/."
    )
    de = (
        "{host} antwortet nicht wie ein Dienst für Normdaten (Reconciliation API 0.1 oder 0.2). "
        "Bitte die Adresse prüfen; sie sieht etwa aus wie https://lobid.org/gnd/reconcile/."
    )


class OtherProtocol(SourceError):
    en = "{host} speaks only other versions of the Reconciliation API ({versions}); 0.1 and 0.2 are spoken here."
    de = "{host} spricht nur andere Fassungen der Reconciliation API ({versions}); hier werden 0.1 und 0.2 gesprochen."


class ServiceRefused(SourceError):
    en = "{host} refused the question: {detail}. Ask with another name, or without the kind."
    de = "{host} hat die Anfrage abgelehnt: {detail}. Bitte mit anderem Namen fragen oder ohne die Art."


class AnswerTooLong(SourceError):
    en = "The answer of {host} is longer than {limit_mb} MB, the most that is read. Ask with a fuller name."
    de = "Die Antwort von {host} ist länger als {limit_mb} MB; mehr wird nicht gelesen. Bitte genauer fragen."


class NotAmongCandidates(WrongUse):
    en = "“{id}” is not among the candidates. Name one that is listed, or the address of an entry."
    de = "„{id}“ ist nicht unter den Kandidaten. Nennen Sie einen, der dasteht, oder die Adresse eines Eintrags."
