"""What is left out of a page: what cannot be seen, and the furniture around its content.

Furniture is told by the page's own words for it (landmarks of HTML and ARIA, names of classes that all know), never by
how long a paragraph is. A page without such words loses nothing.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from ingest.sources.html_tree import Element, attribute, local, words

_NEVER: Final = frozenset(
    "script style template noscript iframe embed applet canvas audio video button input select textarea datalist "
    "option svg link meta head title base frameset annotation annotation-xml".split()
)
_HIDDEN_STYLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.I)
_HIDDEN_CLASSES: Final = frozenset("visually-hidden visuallyhidden sr-only screen-reader-text skip-link".split())
_ROLES: Final = frozenset(
    "navigation banner contentinfo search menu menubar toolbar dialog alertdialog complementary".split()
)
_CONTENT: Final = frozenset({"main", "article"})
_BOXES: Final = frozenset("div section aside dialog form ul ol p table span".split())
_CONSENT: Final = re.compile(
    r"(?:cookie|consent|gdpr|dsgvo|privacy)s?[-_]?(?:banner|bar|notice|note|popup|pop-up|modal|wall|overlay|message"
    r"|hint|box|dialog|layer|container|law|info|disclaimer|manager|alert)"
    r"|onetrust|didomi|usercentrics|cybotcookie|cookiebot|borlabs|cookieyes|klaro|cc-window|truste|cmp-?(?:box|wrapper)",
    re.I,
)
_NAMES: Final = frozenset(
    "nav navbar navigation mainnav navigation-menu menu main-menu submenu sidebar breadcrumb breadcrumbs pagination "
    "pager footer site-footer page-footer site-header topbar share sharing social social-media share-buttons related "
    "related-posts toolbar navbox".split()
)
_ALWAYS_FURNITURE: Final = frozenset("mw-editsection mw-jump-link noprint skiplink skip-link".split())
_MOSTLY_LINKS: Final = 0.6
_LONG: Final = 4000
_MANY: Final = 1000


def is_unseen(element: Element) -> bool:
    """Whether nobody who opens the page sees this element."""
    if local(element) in _NEVER or "hidden" in element.attrib or attribute(element, "aria-hidden") == "true":
        return True
    if _HIDDEN_STYLE.search(attribute(element, "style")[:2000]):
        return True
    return not _HIDDEN_CLASSES.isdisjoint(attribute(element, "class")[:2000].split())


class Furniture:
    """Tells the furniture of one page."""

    def __init__(self, body: Element) -> None:
        self._marked = any(local(found) in {"main", "article", "nav"} for found in body.iter())
        self._in_content: dict[Element, bool] = {}
        """Whether what stands directly in an element stands in a main part or article: asked for often."""

    def __call__(self, element: Element) -> bool:
        """Whether this element is navigation, a banner, a cookie notice or the like, by its own words for itself."""
        tag, role = local(element), attribute(element, "role").lower()
        if tag in {"body", "html", "main"}:
            return False
        if tag == "nav" or (role in _ROLES and not (role == "complementary" and self._in_content_part(element))):
            return True
        if tag == "aside":
            return not self._in_content_part(element)
        if tag in {"header", "footer"}:
            # Where a page marks nothing else, its header and footer may be the author's.
            return self._marked and _around_the_page(element, tag)
        return tag in _BOXES and _named_so(element)

    def _in_content_part(self, element: Element) -> bool:
        above = element.getparent()
        if above not in self._in_content:
            self._in_content[above] = _inside(element, _CONTENT)
        return self._in_content[above]


def _named_so(element: Element) -> bool:
    names = f"{attribute(element, 'class')} {attribute(element, 'id')}"[:2000].lower()
    if not names.strip():
        return False
    tokens = set(names.split())
    if not tokens.isdisjoint(_ALWAYS_FURNITURE):
        return True
    if _CONSENT.search(names):
        return _length(element) < _LONG
    return not tokens.isdisjoint(_NAMES) and _link_share(element) >= _MOSTLY_LINKS


def _around_the_page(element: Element, tag: str) -> bool:
    """Whether a header or footer is that of the site, not of an article in it; a title in the header is kept."""
    if _inside(element, frozenset({"main", "article", "section", "blockquote", "figure"})):
        return False
    return tag == "footer" or not any(local(found) == "h1" for found in islice(element.iter(), _MANY))


def _inside(element: Element, tags: frozenset[str]) -> bool:
    return any(
        local(above) in tags or (attribute(above, "role") == "main" and "main" in tags)
        for above in element.iterancestors()
    )


def _link_share(element: Element) -> float:
    """How much of the text stands in links; 1 where there is no text, 0 where there is much."""
    total = _length(element)
    if total >= _LONG or not total:
        return 0.0 if total else 1.0
    return sum(_length(link) for link in islice(element.iter(), _MANY) if local(link) == "a") / total


def _length(element: Element) -> int:
    """The length of an element's words, at most `_LONG`; no more is looked at, for pages may nest such elements."""
    length = 0
    for number, piece in enumerate(element.itertext()):
        length += len(" ".join(str(piece)[:_LONG].split()))
        if length >= _LONG or number > _MANY:
            return _LONG
    return length


def content_root(body: Element) -> Element:
    """Where the content of a page stands: its main part or only article, where that holds much of it, else all."""
    mains = [e for e in body.iter() if local(e) == "main" or attribute(e, "role").lower() == "main"]
    if mains and _holds(mains[0], body, 0.25):
        return mains[0]
    articles = [e for e in body.iter() if local(e) == "article" and not _inside(e, frozenset({"article"}))]
    if len(articles) == 1 and _holds(articles[0], body, 0.5):
        return articles[0]
    return body


def _holds(part: Element, body: Element, share: float) -> bool:
    return not is_unseen(part) and _seen(part) >= share * max(1, _seen(body))


def _seen(element: Element) -> int:
    """How many characters of an element are seen, about: scripts and styles are not."""
    unseen = sum(len(words(e)) for e in element.iter("script", "style", "template", "noscript"))
    return len(words(element)) - unseen
