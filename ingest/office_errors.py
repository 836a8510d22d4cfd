"""What can go wrong with Office files and tables; each is stored as the failure of that one document."""

from __future__ import annotations

from graph.errors import SourceError


class OfficeDamaged(SourceError):
    en = "“{name}” is damaged or cut off and cannot be opened as an Office file. Get a fresh copy of it."
    de = "„{name}“ ist beschädigt oder abgeschnitten und lässt sich nicht als Office-Datei öffnen. Bitte neu besorgen."


class OfficeEncrypted(SourceError):
    en = "“{name}” is protected by a password. Open it in its program, save it without a password and add that."
    de = "„{name}“ ist mit einem Passwort geschützt. Bitte im Programm öffnen und ohne Passwort speichern."


class OldOffice(SourceError):
    en = "“{name}” is in an old format of {program}. Open it there or in LibreOffice, save it as {new} and add that."
    de = "„{name}“ hat ein altes Format von {program}. Bitte dort oder in LibreOffice öffnen und als {new} speichern."


class OldFile(SourceError):
    en = "“{name}” is in an old format that cannot be read. Save it as DOCX, XLSX, PPTX or PDF and add that."
    de = "„{name}“ hat ein altes Format, das nicht gelesen wird. Bitte als DOCX, XLSX, PPTX oder PDF speichern."


class PartMissing(SourceError):
    en = "“{name}” is incomplete: its part “{part}” is missing. Open it in its program and save it again."
    de = "„{name}“ ist unvollständig: Der Teil „{part}“ fehlt. Bitte im Programm öffnen und neu speichern."


class ExpandsTooFar(SourceError):
    en = (
        "“{name}” unpacks to more than the {limit_mb} MB that are read, as files made to do harm do. "
        "If you trust it, split it or save it as PDF and add that."
    )
    de = (
        "„{name}“ ist entpackt größer als die {limit_mb} MB, die gelesen werden, wie es bei schädlichen Dateien "
        "vorkommt. Wenn Sie ihr trauen, bitte aufteilen oder als PDF speichern."
    )


class XmlDeclaresEntities(SourceError):
    en = (
        "“{name}” contains a document type declaration, which can refer to other files and is therefore not read. "
        "Open it in a current program and save it again."
    )
    de = (
        "„{name}“ enthält eine Dokumenttyp-Deklaration, die auf andere Dateien verweisen kann und deshalb nicht "
        "gelesen wird. Bitte in einem aktuellen Programm öffnen und neu speichern."
    )


class BlockTooLarge(SourceError):
    en = "“{name}” has a table or paragraph that is too large to be read. Split it, or save the file as PDF."
    de = "„{name}“ hat eine Tabelle oder einen Absatz, zu groß zum Lesen. Bitte aufteilen oder als PDF speichern."


class SlideWithoutText(SourceError):
    en = "Slide {page} shows a picture but has no words. Save the presentation as PDF, so that a model can look at it."
    de = "Folie {page} zeigt ein Bild, hat aber keine Wörter. Als PDF gespeichert kann ein Modell sie ansehen."


class SlideDamaged(SourceError):
    en = "Slide {page} is damaged or missing and cannot be read; the others are not affected. Save the file again."
    de = "Folie {page} ist beschädigt oder fehlt und ist nicht lesbar; die anderen nicht. Bitte Datei neu speichern."


class SheetDamaged(SourceError):
    en = "Sheet “{sheet}” is damaged or missing and cannot be read; the others are not affected. Save the file again."
    de = "Das Blatt „{sheet}“ ist beschädigt oder fehlt; die anderen sind nicht betroffen. Bitte Datei neu speichern."


class SheetCutOff(SourceError):
    en = (
        "“{name}” is larger than what is read of a table ({cells} cells, {characters} characters): its first "
        "{rows} rows were read, the rest is missing. Split it and add the parts."
    )
    de = (
        "„{name}“ ist größer, als Tabellen gelesen werden ({cells} Zellen, {characters} Zeichen): Die ersten "
        "{rows} Zeilen wurden gelesen, der Rest fehlt. Bitte aufteilen und die Teile hinzufügen."
    )
