"""What can go wrong with JSON files and IIIF manifests, and what is said on their pages.

SourceError
├── JsonTooLarge  JsonDamaged  JsonWithoutIiif                                         the file
├── CollectionGiven  CollectionEmpty  ManifestWithoutPages                             what it is
├── CanvasWithoutText  CanvasTextElsewhere  CanvasOfSeveral                            pages that wait
├── CanvasRestricted  CanvasWithoutPicture                                             pages that cannot be read
└── CanvasNotFetched  CanvasUnreachable                                                their images
"""

from __future__ import annotations

from graph.errors import NoDocument, SourceError


class JsonTooLarge(SourceError):
    en = (
        "“{name}” is larger than a manifest may be: at most {limit_mb} MB and {limit} values are read. "
        "Ask its institution for manifests of the single volumes and add those."
    )
    de = (
        "„{name}“ ist größer, als ein Manifest sein darf: gelesen werden höchstens {limit_mb} MB und {limit} Werte. "
        "Bitte bei der Einrichtung nach Manifesten der einzelnen Bände fragen und diese hinzufügen."
    )


class JsonDamaged(SourceError):
    en = (
        "“{name}” is not valid JSON (line {line}, column {column}). "
        "Was it downloaded completely? Get a fresh copy of it."
    )
    de = (
        "„{name}“ ist kein gültiges JSON (Zeile {line}, Spalte {column}). "
        "Wurde die Datei vollständig geladen? Bitte neu besorgen."
    )


class JsonWithoutIiif(SourceError):
    en = (
        "“{name}” is JSON, but not a IIIF manifest or collection, and no other JSON is read. "
        "Save what it says as text or as a table and add that."
    )
    de = (
        "„{name}“ ist JSON, aber weder ein IIIF-Manifest noch eine IIIF-Sammlung; anderes JSON wird nicht gelesen. "
        "Bitte den Inhalt als Text oder Tabelle speichern und das hinzufügen."
    )


class CollectionGiven(NoDocument):
    en = (
        "“{name}” is a IIIF collection with {count:entry|entries}, not a single document. Choose from it under Add, "
        "see it with `python -m ingest list {where}`, add all of it with `python -m ingest add {where} --all` or "
        "the first of it with `--limit 20`, or add a manifest of it by itself, such as {example}."
    )
    de = (
        "„{name}“ ist eine IIIF-Sammlung mit {count:Eintrag|Einträgen}, kein einzelnes Dokument. Unter „Hinzufügen“ "
        "lässt sich daraus auswählen; `python -m ingest list {where}` zählt sie auf, `python -m ingest add {where} "
        "--all` nimmt alles, `--limit 20` das Erste davon; ein Manifest daraus ist zum Beispiel {example}."
    )


class CollectionEmpty(NoDocument):
    en = "“{name}” is a IIIF collection without entries. Open it at its institution and look for what it belongs to."
    de = (
        "„{name}“ ist eine IIIF-Sammlung ohne Einträge. "
        "Bitte bei der Einrichtung nachsehen, zu welcher Sammlung sie gehört."
    )


class ManifestWithoutPages(SourceError):
    en = "“{name}” is a IIIF manifest without a single page. Get a fresh copy of it, or ask its institution."
    de = "„{name}“ ist ein IIIF-Manifest ohne eine einzige Seite. Bitte neu besorgen oder die Einrichtung fragen."


class CanvasWithoutText(SourceError):
    en = (
        "The manifest has no text for page {page}. "
        "A vision model can read it: choose one under Models and run it again."
    )
    de = (
        "Das Manifest enthält keinen Text zu Seite {page}. "
        "Ein Bildmodell kann sie lesen: unter „Modelle“ wählen und erneut ausführen."
    )


class CanvasTextElsewhere(SourceError):
    en = (
        "The text of page {page} is not in the manifest but at {address}. Save that and add it, "
        "or let a vision model read the page: choose one under Models and run it again."
    )
    de = (
        "Der Text von Seite {page} steht nicht im Manifest, sondern unter {address}. Bitte von dort speichern und "
        "hinzufügen oder die Seite von einem Bildmodell lesen lassen: unter „Modelle“ wählen und erneut ausführen."
    )


class CanvasOfSeveral(SourceError):
    en = (
        "Page {page} has {count:image|images}, of which the first is shown, and no text. "
        "A vision model can read it: choose one under Models and run it again."
    )
    de = (
        "Seite {page} hat {count:Bild|Bilder}, von denen das erste gezeigt wird, und keinen Text. "
        "Ein Bildmodell kann sie lesen: unter „Modelle“ wählen und erneut ausführen."
    )


class CanvasRestricted(SourceError):
    en = (
        "The image of page {page} is shown only after a login or a consent at its institution, which Wunderkammer "
        "does not give. Open it there; if you may save the image, add it as a file."
    )
    de = (
        "Das Bild von Seite {page} zeigt die Einrichtung erst nach Anmeldung oder Zustimmung; Wunderkammer kann das "
        "nicht übernehmen. Bitte dort öffnen und das Bild, wenn Sie es speichern dürfen, als Datei hinzufügen."
    )


class CanvasWithoutPicture(SourceError):
    en = "Page {page} is no picture ({kind}), so only its description was taken. Open it at its institution."
    de = (
        "Seite {page} ist kein Bild ({kind}); nur ihre Beschreibung wurde übernommen. Bitte bei der Einrichtung öffnen."
    )


class CanvasNotFetched(SourceError):
    en = "The image of page {page} was not fetched yet. Open the page in the Library; that fetches it."
    de = "Das Bild von Seite {page} ist noch nicht geholt. Bitte die Seite in der Bibliothek öffnen, das holt es."


class CanvasUnreachable(SourceError):
    en = "The manifest names no image for page {page} that can be fetched. Open the page at its institution."
    de = "Das Manifest nennt zu Seite {page} kein Bild, das sich holen lässt. Bitte bei der Einrichtung öffnen."
