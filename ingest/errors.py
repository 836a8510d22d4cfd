"""What can go wrong with a file that somebody gives us: the failure of that one document, or of `NoDocument`.

SourceError
├── FileMissing  FolderGiven  NotAFile  NoPermission  EmptyFile  FileTooLarge     opening
├── BinaryFile  UnknownKind                                                       what it is
├── PdfEncrypted  PdfDamaged  PdfCutOff  PdfWithoutPages  PageDamaged             PDF
├── PageTooLarge  PageWithoutText  NoPageImage  NoSuchPage
├── PictureTooLarge  PictureDamaged  PictureWithoutCaption                        pictures
├── StatementsUnreadable                                                          statements
│   those of XML are in `ingest.xml_errors`, of Office files in `office_errors`, of archives, books and mails in
│   `archive_errors`, of IIIF in `iiif_errors`, of web addresses in `web_errors`
Those of our copies of the files are in `graph.storage_errors`.
"""

from __future__ import annotations

# A stored failure is said in words by its class, so these are known wherever ours are.
import ingest.archive_errors
import ingest.iiif_errors
import ingest.office_errors
import ingest.web_errors
import ingest.xml_errors  # noqa: F401
from graph.errors import NoDocument, SourceError, WunderkammerError


class Unexpected(WunderkammerError):
    """A mistake of ours."""

    en = "An error in Wunderkammer itself: {detail}. Please report it; details are in {log}."
    de = "Ein Fehler in Wunderkammer selbst: {detail}. Bitte melden; Näheres steht in {log}."


class FileMissing(NoDocument):
    en = "There is no file “{name}”. Check the name and the folder."
    de = "Es gibt keine Datei „{name}“. Bitte Namen und Ordner prüfen."


class FolderGiven(NoDocument):
    en = "“{name}” is a folder, not a file. Add the files in it."
    de = "„{name}“ ist ein Ordner, keine Datei. Bitte die Dateien darin hinzufügen."


class NotAFile(NoDocument):
    en = "“{name}” is not an ordinary file (a pipe, socket or device). Copy its content into a file first."
    de = "„{name}“ ist keine gewöhnliche Datei (Pipe, Socket oder Gerät). Bitte den Inhalt erst in eine Datei kopieren."


class NoPermission(NoDocument):
    en = "“{name}” may not be read with your permissions. Change the permissions or copy it to your own folder."
    de = "„{name}“ darf mit Ihren Rechten nicht gelesen werden. Bitte Rechte ändern oder anderswohin kopieren."


class Unreadable(NoDocument):
    en = "“{name}” cannot be read: {detail}. Check the disk or the network folder and try again."
    de = "„{name}“ lässt sich nicht lesen: {detail}. Bitte Datenträger oder Netzlaufwerk prüfen und erneut versuchen."


class EmptyFile(NoDocument):
    en = "“{name}” is empty (0 bytes). Was it copied or downloaded completely?"
    de = "„{name}“ ist leer (0 Bytes). Wurde die Datei vollständig kopiert oder geladen?"


class FileTooLarge(NoDocument):
    en = (
        "“{name}” has {size_mb} MB; at most {limit_mb} MB are read. Split it, "
        "or set WUNDERKAMMER_MAX_FILE_MB to a larger number."
    )
    de = (
        "„{name}“ hat {size_mb} MB; gelesen werden höchstens {limit_mb} MB. Bitte aufteilen "
        "oder WUNDERKAMMER_MAX_FILE_MB höher setzen."
    )


class BinaryFile(NoDocument):
    en = "“{name}” is neither text nor a PDF nor a picture that can be read. Save it as PDF or text and add that."
    de = "„{name}“ ist weder Text noch PDF noch ein lesbares Bild. Bitte als PDF oder Text speichern."


class UnknownKind(NoDocument):
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


class StatementsUnreadable(SourceError):
    en = "No line of “{name}” could be read as a statement. The first problem: {detail}"
    de = "Keine Zeile von „{name}“ ließ sich als Aussage lesen. Das erste Problem: {detail}"
