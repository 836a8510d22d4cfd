"""The fields of EXIF, IPTC, XMP and PNG in which pictures say something about themselves, and what each is about."""

from __future__ import annotations

LABELS = {
    "title": "Title",
    "description": "Description",
    "maker": "Creator",
    "credit": "Credit",
    "date": "Date",
    "place": "Place",
    "city": "City",
    "region": "Region",
    "country": "Country",
    "coordinates": "Coordinates",
    "keywords": "Keywords",
    "rights": "Rights",
}
"""What a field is about, and the label of its line, in the order of the lines."""
SINGLE = frozenset({"date", "coordinates"})
"""Of these only the first is told: several mean the same, said less exactly."""
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_XMP_RIGHTS = "{http://ns.adobe.com/xap/1.0/rights/}"
_EXIF = "{http://ns.adobe.com/exif/1.0/}"
XMP_FIELDS = {
    _DC + "title": "title",
    _PHOTOSHOP + "Headline": "title",
    _DC + "description": "description",
    _DC + "creator": "maker",
    _PHOTOSHOP + "Credit": "credit",
    _PHOTOSHOP + "DateCreated": "date",
    _EXIF + "DateTimeOriginal": "date",
    _DC + "date": "date",
    "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}Location": "place",
    _PHOTOSHOP + "City": "city",
    _PHOTOSHOP + "State": "region",
    _PHOTOSHOP + "Country": "country",
    _EXIF + "GPSLatitude": "latitude",
    _EXIF + "GPSLongitude": "longitude",
    _DC + "subject": "keywords",
    _DC + "rights": "rights",
    _XMP_RIGHTS + "UsageTerms": "rights",
    _XMP_RIGHTS + "WebStatement": "rights",
    "{http://creativecommons.org/ns#}license": "rights",
}
EXIF_FIELDS = {0x010E: "description", 0x013B: "maker", 0x8298: "rights"}
EXIF_WIDE = {0x9C9B: "title", 0x9C9C: "description", 0x9C9D: "maker", 0x9C9E: "keywords", 0x9C9F: "description"}
"""Fields of Windows, in UTF-16."""
CAMERA = (0x010F, 0x0110)
"""Make and model."""
IPTC_FIELDS = {
    (2, 5): "title", (2, 105): "title", (2, 120): "description", (2, 80): "maker", (2, 110): "credit",
    (2, 55): "date", (2, 92): "place", (2, 90): "city", (2, 95): "region", (2, 101): "country", (2, 116): "rights",
    (2, 25): "keywords",
}  # fmt: skip
PNG_FIELDS = {
    "title": "title", "description": "description", "comment": "description", "author": "maker", "artist": "maker",
    "copyright": "rights", "keywords": "keywords",
}  # fmt: skip
