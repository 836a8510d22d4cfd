"""What can be wrong with the archive of a cabinet, on its way out and in."""

from __future__ import annotations

from graph.errors import WrongUse


class CabinetDamaged(WrongUse):
    en = "“{name}” is damaged, cut off or changed ({detail}), and nothing of it was taken. Get a fresh copy of it."
    de = (
        "„{name}“ ist beschädigt, abgeschnitten oder verändert ({detail}); nichts davon wurde übernommen. "
        "Bitte neu besorgen."
    )


class NotACabinet(WrongUse):
    en = (
        "“{name}” is no archive of a cabinet. `python -m share snapshot FILE` makes one; "
        "documents are added by `python -m ingest add`."
    )
    de = (
        "„{name}“ ist kein Archiv einer Kammer. `python -m share snapshot DATEI` legt eines an; "
        "Dokumente kommen mit `python -m ingest add` hinein."
    )


class CabinetNewer(WrongUse):
    en = "“{name}” was written by a newer version of Wunderkammer ({found}, this one knows {known}). Update."
    de = (
        "„{name}“ stammt von einer neueren Version von Wunderkammer ({found}, bekannt ist {known}). "
        "Bitte aktualisieren."
    )


class CabinetTooLarge(WrongUse):
    en = (
        "“{name}” unpacks to more than there is room for here, as archives made to do harm do. "
        "If you trust it, make room and try again."
    )
    de = (
        "„{name}“ ist entpackt größer als der freie Platz hier, wie es bei schädlichen Archiven vorkommt. "
        "Wenn Sie ihm trauen, schaffen Sie Platz und versuchen es noch einmal."
    )


class CabinetNotEmpty(WrongUse):
    en = (
        "This cabinet holds something already, and an archive is opened in an empty one. "
        "Choose another folder for it: WUNDERKAMMER_HOME=FOLDER python -m share open FILE"
    )
    de = (
        "In dieser Kammer ist schon etwas, und ein Archiv wird in einer leeren geöffnet. "
        "Wählen Sie dafür einen anderen Ordner: WUNDERKAMMER_HOME=ORDNER python -m share open DATEI"
    )


class CabinetChanged(WrongUse):
    en = (
        "Something was changed again and again while the archive was written, so it was not kept. "
        "A program of an older version may be at work on this database: end it, and try again."
    )
    de = (
        "Während das Archiv entstand, wurde immer wieder etwas geändert; es wurde nicht behalten. "
        "Vielleicht arbeitet ein Programm älterer Version an dieser Datenbank: Beenden Sie es und versuchen Sie es neu."
    )
