"""What can go wrong where files are kept: on the disk here, and at the storage that WUNDERKAMMER_FILES names.

WrongUse
├── StorageAddressWrong
Missing
├── StoragePackageMissing
StoreError
├── NoSpaceForFile  FilesNotWritable                                     the disk here
└── NotAtHand                                                            a kept file cannot be had
    └── CopyMissing  BucketMissing  StorageRefused  StorageAway  StorageCopyDamaged
"""

from __future__ import annotations

from graph.errors import Missing, StoreError, WrongUse


class NoSpaceForFile(StoreError):
    en = "There is no space left to keep “{name}” in {folder}. Free some, then add it again."
    de = "Kein Speicherplatz mehr, um „{name}“ in {folder} abzulegen. Bitte Platz schaffen und erneut hinzufügen."


class FilesNotWritable(StoreError):
    en = "The folder {folder} cannot be written to ({detail}). Change its permissions, or set WUNDERKAMMER_HOME."
    de = "In den Ordner {folder} lässt sich nicht schreiben ({detail}). Rechte ändern oder WUNDERKAMMER_HOME setzen."


class NotAtHand(StoreError):
    """A file that is kept cannot be had now, here or in the storage: pages go on without its picture."""


class CopyMissing(NotAtHand):
    en = "Our copy of this document is gone from {folder}. Remove the document and add the file again."
    de = "Unsere Kopie dieses Dokuments fehlt in {folder}. Bitte das Dokument entfernen und die Datei neu hinzufügen."


class StorageAddressWrong(WrongUse):
    en = (
        "WUNDERKAMMER_FILES is no address at which files can be kept ({detail}). Write it as s3://BUCKET/FOLDER; "
        "logins belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or a profile, never into the address."
    )
    de = (
        "WUNDERKAMMER_FILES ist keine Adresse, unter der Dateien liegen können ({detail}). Schreiben Sie "
        "s3://BUCKET/ORDNER; Zugangsdaten gehören in AWS_ACCESS_KEY_ID und AWS_SECRET_ACCESS_KEY oder in ein Profil, "
        "nie in die Adresse."
    )


class StoragePackageMissing(Missing):
    en = (
        "Files at {address} need a package that is not installed here ({detail}). Those for S3 come with: "
        ".venv/bin/pip install -r requirements-team.txt"
    )
    de = (
        "Für Dateien unter {address} fehlt hier ein Paket ({detail}). Die für S3 bringt: "
        ".venv/bin/pip install -r requirements-team.txt"
    )


class BucketMissing(NotAtHand):
    en = "There is no bucket at {address}. Make it, or correct WUNDERKAMMER_FILES; what waits for it then goes on."
    de = "Unter {address} gibt es keinen Bucket. Legen Sie ihn an oder berichtigen Sie WUNDERKAMMER_FILES."


class StorageRefused(NotAtHand):
    en = (
        "The storage at {address} refuses access ({detail}). Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or "
        "the profile, and whether they may list, read, write and delete there; what waits for it then goes on."
    )
    de = (
        "Der Speicher unter {address} verweigert den Zugriff ({detail}). Prüfen Sie AWS_ACCESS_KEY_ID und "
        "AWS_SECRET_ACCESS_KEY oder das Profil, und ob sie dort auflisten, lesen, schreiben und löschen dürfen."
    )


class StorageAway(NotAtHand):
    en = (
        "The storage at {address} cannot be reached ({detail}). Nothing is lost: what waits for it goes on when it "
        "answers again. Check the network and AWS_ENDPOINT_URL; `make doctor` tries it."
    )
    de = (
        "Der Speicher unter {address} ist nicht erreichbar ({detail}). Nichts ist verloren: Was auf ihn wartet, geht "
        "weiter, sobald er antwortet. Prüfen Sie das Netz und AWS_ENDPOINT_URL; `make doctor` probiert es."
    )


class StorageCopyDamaged(NotAtHand):
    en = (
        "A file in the storage at {address} is not what was put there ({name}). Delete it there, then run "
        "`python -m ingest files --push` on a machine that has it; or remove the document and add the file again."
    )
    de = (
        "Eine Datei im Speicher unter {address} ist nicht mehr die, die abgelegt wurde ({name}). Löschen Sie sie dort "
        "und führen Sie auf einem Rechner, der sie hat, `python -m ingest files --push` aus; oder entfernen Sie das "
        "Dokument und fügen Sie die Datei neu hinzu."
    )
