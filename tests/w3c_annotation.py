"""The Web Annotation Data Model (W3C, 23 February 2017), as far as our annotations go: nothing else passes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Iri = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+$")]
Text = Annotated[str, StringConstraints(min_length=1)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Agent(Strict):
    """3.3.1 Agents."""

    type: Literal["Person", "Software", "Organization"]
    name: Text


class TextualBody(Strict):
    """3.2.4 Embedded textual body."""

    type: Literal["TextualBody"]
    value: Text
    format: Literal["text/plain"]
    purpose: Literal["commenting", "describing"]


class FragmentSelector(Strict):
    """4.2.1; conforming to Media Fragments URI 1.0."""

    type: Literal["FragmentSelector"]
    conformsTo: Literal["http://www.w3.org/TR/media-frags/"]
    value: Annotated[str, StringConstraints(pattern=r"^xywh=\d+,\d+,[1-9]\d*,[1-9]\d*$")]


class TextQuoteSelector(Strict):
    """4.2.4."""

    type: Literal["TextQuoteSelector"]
    exact: Text


class TextPositionSelector(Strict):
    """4.2.5."""

    type: Literal["TextPositionSelector"]
    start: int = Field(ge=0)
    end: int = Field(ge=0)


Selector = Annotated[FragmentSelector | TextQuoteSelector | TextPositionSelector, Field(discriminator="type")]


class Manifest(Strict):
    id: Iri
    type: Literal["Manifest"]


class Canvas(Strict):
    """IIIF Presentation 3, 5.3, as the source of a target."""

    id: Iri
    type: Literal["Canvas"]
    partOf: list[Manifest] = Field(default_factory=list)


class SpecificResource(Strict):
    """4.1; one target, with one or more selectors."""

    type: Literal["SpecificResource"]
    source: Iri | Canvas
    selector: list[Selector] = Field(min_length=1)


class Annotation(BaseModel):
    """3.1; extensions have a prefix of their own (6. of the vocabulary)."""

    model_config = ConfigDict(extra="allow", strict=True)

    id: Iri
    type: Literal["Annotation"]
    motivation: Literal["commenting"]
    creator: Agent
    created: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$")] | None = None
    rights: Iri | None = None
    body: list[TextualBody] = Field(min_length=1)
    target: SpecificResource

    def model_post_init(self, _: Any) -> None:
        assert all(":" in name for name in self.model_extra or {}), self.model_extra


class Collection(Strict):
    """5.1."""

    id: Iri
    type: Literal["AnnotationCollection"]
    label: Text


class Page(Strict):
    """5.2; of IIIF Presentation 3 the same with a label in languages."""

    context: str | list[str | dict[str, str]] = Field(alias="@context")
    id: Iri
    type: Literal["AnnotationPage"]
    label: dict[str, list[str]] | None = None
    partOf: Collection | None = None
    items: list[Annotation]
