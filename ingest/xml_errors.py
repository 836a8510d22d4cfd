"""What can go wrong with XML of editions and libraries; each is stored as the failure of that one document."""

from __future__ import annotations

from graph.errors import SourceError


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
