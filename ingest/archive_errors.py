"""What can go wrong with what holds other files: ZIP archives, EPUBs, mails; stored as other failures are.

SourceError
├── ArchiveDamaged  ArchiveEmpty  ArchiveTooLarge  ArchiveTooMany  ArchiveNested      archives
├── MemberEncrypted  MemberDamaged  MemberTooLarge  MemberUnreadable                  one file in an archive
├── EpubDamaged  EpubProtected  EpubTooLarge  ChapterMissing                          EPUB
├── MailDamaged  MailEncrypted  MailTooLarge  MailWithoutText                         mails
"""

from __future__ import annotations

from graph.errors import NoDocument, SourceError


class ArchiveDamaged(SourceError):
    en = "“{name}” is damaged or cut off and cannot be opened as an archive. Get a fresh copy of it."
    de = "„{name}“ ist beschädigt oder abgeschnitten und lässt sich nicht als Archiv öffnen. Bitte neu besorgen."


class ArchiveEmpty(NoDocument):
    en = "There is no file in the archive “{name}” that could be read. Look into it with the program that made it."
    de = "Im Archiv „{name}“ ist keine lesbare Datei. Bitte mit dem Programm hineinsehen, das es angelegt hat."


class ArchiveTooLarge(SourceError):
    en = (
        "The archive “{name}” unpacks to more than {limit_mb} MB, as archives made to do harm do. "
        "If you trust it, unpack it yourself and add the folder."
    )
    de = (
        "Das Archiv „{name}“ ist entpackt größer als {limit_mb} MB, wie es bei schädlichen Archiven vorkommt. "
        "Wenn Sie ihm trauen, bitte selbst entpacken und den Ordner hinzufügen."
    )


class ArchiveTooMany(SourceError):
    en = "The archive “{name}” holds more than {limit} files. Unpack it yourself and add its folders one after another."
    de = (
        "Das Archiv „{name}“ enthält mehr als {limit} Dateien. "
        "Bitte selbst entpacken und die Ordner nacheinander hinzufügen."
    )


class ArchiveNested(SourceError):
    en = (
        "“{name}” is an archive in an archive in an archive, which is not opened. Unpack it yourself and add its files."
    )
    de = (
        "„{name}“ ist ein Archiv in einem Archiv, das selbst in einem liegt, und wird nicht geöffnet. "
        "Bitte selbst entpacken und die Dateien hinzufügen."
    )


class MemberEncrypted(SourceError):
    en = "“{name}” in the archive “{archive}” is protected by a password. Unpack it yourself and add the file."
    de = (
        "„{name}“ im Archiv „{archive}“ ist mit einem Passwort geschützt. Bitte selbst entpacken und die "
        "Datei hinzufügen."
    )


class MemberDamaged(SourceError):
    en = "“{name}” in the archive “{archive}” is damaged and cannot be unpacked. Get a fresh copy of the archive."
    de = "„{name}“ im Archiv „{archive}“ ist beschädigt und lässt sich nicht entpacken. Bitte das Archiv neu besorgen."


class MemberTooLarge(SourceError):
    en = (
        "“{name}” in the archive “{archive}” has {size_mb} MB; at most {limit_mb} MB are read. Split it, "
        "or set WUNDERKAMMER_MAX_FILE_MB to a larger number."
    )
    de = (
        "„{name}“ im Archiv „{archive}“ hat {size_mb} MB; gelesen werden höchstens {limit_mb} MB. Bitte aufteilen "
        "oder WUNDERKAMMER_MAX_FILE_MB höher setzen."
    )


class MemberUnreadable(SourceError):
    en = (
        "“{name}” in the archive “{archive}” is packed in a way that is not read here. Unpack it yourself "
        "and add the file."
    )
    de = (
        "„{name}“ im Archiv „{archive}“ ist auf eine Art gepackt, die hier nicht gelesen wird. "
        "Bitte selbst entpacken und die Datei hinzufügen."
    )


class EpubDamaged(SourceError):
    en = "“{name}” is damaged: {detail}. Get a fresh copy of the book."
    de = "„{name}“ ist beschädigt: {detail}. Bitte das Buch neu besorgen."


class EpubProtected(SourceError):
    en = (
        "“{name}” is protected by its seller (DRM) and can be read only in their program. "
        "Ask the publisher or your library for an unprotected copy."
    )
    de = (
        "„{name}“ ist vom Anbieter geschützt (DRM) und nur in dessen Programm lesbar. "
        "Bitte beim Verlag oder in der Bibliothek nach einer ungeschützten Fassung fragen."
    )


class EpubTooLarge(SourceError):
    en = (
        "A text in “{name}”, or all of them together, unpacks to more than {limit_mb} MB, the most that is read. "
        "Split the book and add the parts."
    )
    de = (
        "Ein Text in „{name}“ oder alle zusammen sind entpackt größer als {limit_mb} MB; mehr wird nicht gelesen. "
        "Bitte das Buch aufteilen und die Teile hinzufügen."
    )


class ChapterMissing(SourceError):
    en = "Part {page} of the book is missing or damaged; the others are not affected. Get a fresh copy of the book."
    de = "Teil {page} des Buchs fehlt oder ist beschädigt; die anderen sind nicht betroffen. Bitte neu besorgen."


class MailDamaged(SourceError):
    en = "“{name}” cannot be read as a mail. Open it in your mail program, save it again and add that."
    de = "„{name}“ lässt sich nicht als E-Mail lesen. Bitte im Mailprogramm öffnen und neu speichern."


class MailEncrypted(SourceError):
    en = "The mail “{name}” is encrypted. Open it in your mail program, print it to PDF and add that."
    de = "Die E-Mail „{name}“ ist verschlüsselt. Bitte im Mailprogramm öffnen, als PDF drucken und hinzufügen."


class MailTooLarge(SourceError):
    en = "The mail “{name}” has more than {limit_mb} MB, the most that is read. Save its attachments and add those."
    de = (
        "Die E-Mail „{name}“ hat mehr als {limit_mb} MB; mehr wird nicht gelesen. Bitte die Anhänge einzeln hinzufügen."
    )


class MailWithoutText(SourceError):
    en = "The mail “{name}” has no text. Its attachments, if it has any, are documents of their own."
    de = "Die E-Mail „{name}“ hat keinen Text. Hat sie Anhänge, so sind diese eigene Dokumente."
