"""What can go wrong with a file that somebody gives us; each is stored as the failure of that one document.

SourceError
├── FileMissing  FolderGiven  NotAFile  NoPermission  EmptyFile  FileTooLarge     opening
├── BinaryFile  UnknownKind                                                       what it is
├── PdfEncrypted  PdfDamaged  PdfCutOff  PdfWithoutPages  PageDamaged             PDF
├── PageTooLarge  PageWithoutText  NoPageImage  NoSuchPage
├── PictureTooLarge  PictureDamaged  PictureWithoutCaption                        pictures
├── XmlBroken  XmlEncoding  XmlEntity  XmlTooDeep  XmlTooLong                      XML
├── XmlKindUnknown  MetsAlone  XmlWithoutText
├── StatementsUnreadable                                                          statements
├── OfficeDamaged  OfficeEncrypted  OldOffice  OldFile  PartMissing                Office files
├── ExpandsTooFar  XmlDeclaresEntities  BlockTooLarge
├── SlideWithoutText  SlideDamaged  SheetDamaged  SheetCutOff
StoreError
├── NoSpaceForFile  FilesNotWritable  CopyMissing                                      our copies of the files
"""

from __future__ import annotations

# A stored failure is said in words by its class, so these are known wherever ours are.
import ingest.iiif_errors  # noqa: F401
from graph.errors import SourceError, StoreError, WunderkammerError


class Unexpected(WunderkammerError):
    """A mistake of ours."""

    en = "An error in Wunderkammer itself: {detail}. Please report it; details are in {log}."
    de = "Ein Fehler in Wunderkammer selbst: {detail}. Bitte melden; Näheres steht in {log}."


class FileMissing(SourceError):
    en = "There is no file “{name}”. Check the name and the folder."
    de = "Es gibt keine Datei „{name}“. Bitte Namen und Ordner prüfen."


class FolderGiven(SourceError):
    en = "“{name}” is a folder, not a file. Add the files in it."
    de = "„{name}“ ist ein Ordner, keine Datei. Bitte die Dateien darin hinzufügen."


class NotAFile(SourceError):
    en = "“{name}” is not an ordinary file (a pipe, socket or device). Copy its content into a file first."
    de = "„{name}“ ist keine gewöhnliche Datei (Pipe, Socket oder Gerät). Bitte den Inhalt erst in eine Datei kopieren."


class NoPermission(SourceError):
    en = "“{name}” may not be read with your permissions. Change the permissions or copy it to your own folder."
    de = "„{name}“ darf mit Ihren Rechten nicht gelesen werden. Bitte Rechte ändern oder anderswohin kopieren."


class Unreadable(SourceError):
    en = "“{name}” cannot be read: {detail}. Check the disk or the network folder and try again."
    de = "„{name}“ lässt sich nicht lesen: {detail}. Bitte Datenträger oder Netzlaufwerk prüfen und erneut versuchen."


class EmptyFile(SourceError):
    en = "“{name}” is empty (0 bytes). Was it copied or downloaded completely?"
    de = "„{name}“ ist leer (0 Bytes). Wurde die Datei vollständig kopiert oder geladen?"


class FileTooLarge(SourceError):
    en = (
        "“{name}” has {size_mb} MB; at most {limit_mb} MB are read. Split it, "
        "or set WUNDERKAMMER_MAX_FILE_MB to a larger number."
    )
    de = (
        "„{name}“ hat {size_mb} MB; gelesen werden höchstens {limit_mb} MB. Bitte aufteilen "
        "oder WUNDERKAMMER_MAX_FILE_MB höher setzen."
    )


class BinaryFile(SourceError):
    en = "“{name}” is neither text nor a PDF nor a picture that can be read. Save it as PDF or text and add that."
    de = "„{name}“ ist weder Text noch PDF noch ein lesbares Bild. Bitte als PDF oder Text speichern."


class UnknownKind(SourceError):
    en = "“{name}” is a {kind} file, which cannot be read yet. Save it as PDF or text and add that."
    de = "„{name}“ ist eine {kind}-Datei, die noch nicht gelesen werden kann. Bitte als PDF oder Text speichern."


class PdfEncrypted(SourceError):
    en = "“{name}” is protected by a password. Save it without one (print to PDF) and add that."
    de = "„{name}“ ist mit einem Passwort geschützt. Bitte ohne Passwort speichern (als PDF drucken)."


class PdfDamaged(SourceError):
    en = "“{name}” is damaged or cut off and cannot be opened as a PDF. Get a fresh copy of it."
    de = "„{name}“ ist beschädigt oder abgeschnitten und lässt sich nicht als PDF öffnen. Bitte neu besorgen."


class PdfCutOff(SourceError):
    en = "“{name}” is cut off at its end after {pages:page|pages}, the rest is missing. Get a fresh copy of it."
    de = "„{name}“ ist nach {pages:Seite|Seiten} abgeschnitten, der Rest fehlt. Bitte neu besorgen."


class PdfWithoutPages(SourceError):
    en = "“{name}” is a PDF without a single page. Get a fresh copy of it."
    de = "„{name}“ ist ein PDF ohne eine einzige Seite. Bitte neu besorgen."


class TooManyPages(SourceError):
    en = "“{name}” has {pages} pages; at most {limit} are read. Split it and add the parts."
    de = "„{name}“ hat {pages} Seiten; gelesen werden höchstens {limit}. Bitte aufteilen und die Teile hinzufügen."


class PageDamaged(SourceError):
    en = "Page {page} is damaged and cannot be read; the other pages are not affected. Get a fresh copy of the file."
    de = "Seite {page} ist beschädigt und nicht lesbar; die anderen Seiten sind nicht betroffen. Bitte neu besorgen."


class PageTooLarge(SourceError):
    en = "Page {page} is {width} x {height} pixels large, more than a PDF may have. Print the file to a paper size."
    de = "Seite {page} ist {width} x {height} Pixel groß, mehr als ein PDF darf. Bitte auf ein Papierformat drucken."


class PageWithoutText(SourceError):
    en = "Page {page} has no text. A vision model can read it: choose one under Models and run the document again."
    de = "Seite {page} hat keinen Text. Ein Bildmodell kann sie lesen: unter „Modelle“ wählen und erneut ausführen."


class NoPageImage(SourceError):
    en = "A text of the kind {media_type} has no page images; open its text instead."
    de = "Ein Text der Art {media_type} hat keine Seitenbilder; bitte den Text öffnen."


class NoSuchPage(SourceError):
    en = "There is no page {page}; the document has {pages}."
    de = "Es gibt keine Seite {page}; das Dokument hat {pages}."


class PictureTooLarge(SourceError):
    en = (
        "“{name}” has {megapixels} megapixels; at most {limit} are read. Scale it down, "
        "or set WUNDERKAMMER_MAX_MEGAPIXELS to a larger number."
    )
    de = (
        "„{name}“ hat {megapixels} Megapixel; gelesen werden höchstens {limit}. Bitte verkleinern "
        "oder WUNDERKAMMER_MAX_MEGAPIXELS höher setzen."
    )


class PictureDamaged(SourceError):
    en = "“{name}” is damaged or cut off and cannot be shown as a picture. Get a fresh copy of it."
    de = "„{name}“ ist beschädigt oder abgeschnitten und lässt sich nicht als Bild zeigen. Bitte neu besorgen."


class PictureWithoutCaption(SourceError):
    en = "This picture has no description yet. A vision model can write one: choose one under Models and run it again."
    de = "Dieses Bild hat noch keine Beschreibung. Ein Bildmodell kann sie schreiben: unter „Modelle“ wählen."


class XmlBroken(SourceError):
    en = (
        "“{name}” is not well-formed XML: line {line}, column {column} ({detail}). Get a fresh copy of it, "
        "or open it in an XML editor, which shows the place, and repair it."
    )
    de = (
        "„{name}“ ist kein wohlgeformtes XML: Zeile {line}, Spalte {column} ({detail}). Bitte neu besorgen "
        "oder in einem XML-Editor öffnen, der die Stelle zeigt, und reparieren."
    )


class XmlEncoding(SourceError):
    en = "The encoding that “{name}” names at its head cannot be read ({detail}). Save the file as UTF-8."
    de = "Die Kodierung, die „{name}“ am Anfang nennt, ist nicht lesbar ({detail}). Bitte als UTF-8 speichern."


class XmlEntity(SourceError):
    en = (
        "“{name}” brings in text through the entity &{entity};, which is not followed, for safety. "
        "Put the text itself there (xmllint --noent writes such a file) and add that."
    )
    de = (
        "„{name}“ bindet über die Entität &{entity}; Text ein; aus Sicherheitsgründen wird ihr nicht gefolgt. "
        "Bitte den Text selbst einsetzen (xmllint --noent schreibt eine solche Datei) und diese hinzufügen."
    )


class XmlTooDeep(SourceError):
    en = "The elements of “{name}” lie more than {limit} levels deep in each other. Was it exported correctly?"
    de = "Die Elemente von „{name}“ sind mehr als {limit} Ebenen tief verschachtelt. Wurde richtig exportiert?"


class XmlTooLong(SourceError):
    en = (
        "“{name}” has a single tag or comment of more than {limit} MB in line {line}. "
        "Take out what is embedded there, such as a picture, and add it again."
    )
    de = (
        "„{name}“ hat in Zeile {line} ein einziges Tag oder einen Kommentar mit mehr als {limit} MB. "
        "Bitte herausnehmen, was dort eingebettet ist, etwa ein Bild, und erneut hinzufügen."
    )


class XmlKindUnknown(SourceError):
    en = (
        "“{name}” is XML of a kind that is not read: its outermost element is <{root}>, its namespace {namespace}. "
        "Read are TEI, ALTO, PAGE and hOCR: export it as one of them, or save it as PDF or text."
    )
    de = (
        "„{name}“ ist XML einer Art, die nicht gelesen wird: äußerstes Element <{root}>, Namensraum {namespace}. "
        "Gelesen werden TEI, ALTO, PAGE und hOCR: bitte so exportieren oder als PDF oder Text speichern."
    )


class MetsAlone(SourceError):
    en = (
        "“{name}” is a METS file: it lists the files of a work and has no text itself. "
        "Add the ALTO files that it names, often in a folder “alto” or “fulltext”."
    )
    de = (
        "„{name}“ ist eine METS-Datei: Sie führt die Dateien eines Werks auf und enthält selbst keinen Text. "
        "Bitte die ALTO-Dateien hinzufügen, die sie nennt, oft in einem Ordner „alto“ oder „fulltext“."
    )


class XmlWithoutText(SourceError):
    en = "“{name}” is a {kind} file without any text in it. Was the right file exported?"
    de = "„{name}“ ist eine {kind}-Datei ohne jeden Text. Wurde die richtige Datei exportiert?"


class StatementsUnreadable(SourceError):
    en = "No line of “{name}” could be read as a statement. The first problem: {detail}"
    de = "Keine Zeile von „{name}“ ließ sich als Aussage lesen. Das erste Problem: {detail}"


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


class NoSpaceForFile(StoreError):
    en = "There is no space left to keep “{name}” in {folder}. Free some, then add it again."
    de = "Kein Speicherplatz mehr, um „{name}“ in {folder} abzulegen. Bitte Platz schaffen und erneut hinzufügen."


class FilesNotWritable(StoreError):
    en = "The folder {folder} cannot be written to ({detail}). Change its permissions, or set WUNDERKAMMER_HOME."
    de = "In den Ordner {folder} lässt sich nicht schreiben ({detail}). Rechte ändern oder WUNDERKAMMER_HOME setzen."


class CopyMissing(StoreError):
    en = "Our copy of this document is gone from {folder}. Remove the document and add the file again."
    de = "Unsere Kopie dieses Dokuments fehlt in {folder}. Bitte das Dokument entfernen und die Datei neu hinzufügen."
