"""Script in all the forms that we know of, to be planted wherever words of others are shown.

Each sets `window.hacked`, opens a dialog, or asks for an address with "planted" in its path, here or at TRAP, which is
replaced by the address of a server that must never be asked.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from graph.store import Store
from graph.types import (
    DEFAULT_COLLECTION as HERE,
)
from graph.types import (
    Chunk,
    Document,
    Entity,
    Extraction,
    Mention,
    Source,
    State,
    Statement,
    make_id,
)
from graph.when import When

PAYLOADS = (
    "<script>hacked=1</script>",
    "<ScRiPt src='TRAP/planted.js'></sCrIpT>",
    "</script><script>hacked=2</script>",
    "</title></style></textarea><script>hacked=3</script>",
    "<<script>hacked=4//<</script>",
    "<scr<script>ipt>hacked=5</scr</script>ipt>",
    "<img src=/planted.png onerror=hacked=6>",
    "<img src='TRAP/planted.png'>",
    "<img/src=`/planted.x`/onerror=alert(7)>",
    '"><img src=/planted.x onerror="hacked=8">',
    "'><svg onload=hacked=9>",
    "<svg><script>hacked=10</script></svg>",
    "<svg><animate onbegin=hacked=11 attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:hacked=12'><text>planted</text></a></svg>",
    "<svg><image href='TRAP/planted.svg'/></svg>",
    "<svg><use href='TRAP/planted.svg#x'/></svg>",
    "<body onload=hacked=13>",
    "<iframe src=\"javascript:parent.hacked=14\"></iframe>",
    "<iframe srcdoc='<script>parent.hacked=15</script>'></iframe>",
    "<iframe src='TRAP/planted.html'></iframe>",
    "<object data='TRAP/planted.swf'></object>",
    "<embed src='TRAP/planted.bin'>",
    "<video src='TRAP/planted.mp4' onerror=hacked=16></video>",
    "<audio src=/planted.x onerror=hacked=17>",
    "<link rel=stylesheet href='TRAP/planted.css'>",
    "<style>@import 'TRAP/planted.css';*{background:url(TRAP/planted.gif)}</style>",
    "<div style=\"background:url('TRAP/planted.gif')\">planted</div>",
    "<meta http-equiv=refresh content='0;url=TRAP/planted'>",
    "<base href='TRAP/planted/'>",
    "<form action='TRAP/planted'><button autofocus onfocus=hacked=18>planted</button></form>",
    "<input autofocus onfocus=hacked=19>",
    "<details open ontoggle=hacked=20>planted</details>",
    "<marquee onstart=hacked=21>planted</marquee>",
    "<math><mtext><script>hacked=22</script></mtext></math>",
    "<template><script>hacked=23</script></template><noscript><img src=/planted.x onerror=hacked=23></noscript>",
    "<a href='javascript:hacked=24'>planted</a>",
    "<a href='data:text/html,<script>opener.hacked=25</script>'>planted</a>",
    "<b onmouseover=hacked=26 onpointerenter=hacked=26>planted</b>",
    "' onmouseover='hacked=27' x='",
    "\" onfocus=\"hacked=28\" autofocus=\"",
    "javascript:hacked=29",
    "&lt;script&gt;hacked=30&lt;/script&gt; &#60;img src=/planted.x onerror=hacked=30&#62;",
    "\\u003cscript\\u003ehacked=31\\u003c/script\\u003e",
    "{{constructor.constructor('hacked=32')()}} ${hacked=32} #{hacked=32} <%= hacked=32 %>",
    "![planted](TRAP/planted.png)",
    "[planted](javascript:hacked=33) [planted](TRAP/planted)",
    "[planted]: TRAP/planted.png ![planted]",
    "<TRAP/planted> www.planted.example TRAP/planted",
    "$\\href{javascript:hacked=34}{planted}$ $$\\includegraphics{TRAP/planted.png}$$",
    ":material/home: :red[planted] <http://planted.example> `</code><script>hacked=35</script>`",
    "]]><script>hacked=36</script><![CDATA[",
    "--><script>hacked=37</script><!--",
    "planted\u202e<script>hacked=38</script>\u2066\u200b",
    "<x-planted onclick=hacked=39 contenteditable autofocus onfocus=hacked=39>",
    "</text><script>hacked=40</script><text>",
    '{"__proto__": {"hacked": 41}, "onerror": "hacked=41"}',
)  # fmt: skip
HUB = "Planted Hub"
QUESTION = "What stands beside the planted thing number 7 of the hub?"


def payloads(trap: str) -> list[str]:
    """All of them, with the address that must not be asked."""
    return [each.replace("TRAP", trap) for each in PAYLOADS]


def plant(store: Store, trap: str) -> None:
    """A text full of it, and claims that join all of it to one hub."""
    wicked = payloads(trap)
    every = len(wicked)
    document = Document(
        make_id("document", "planted"), " ".join(wicked[:3]), "<img src=planted.x onerror=hacked=50>.txt", "text/plain",
        language="en", rights=wicked[44], attribution=wicked[7], pages=1, state=State.DONE, added_at="2026-01-01",
    )  # fmt: skip
    kinds = ("Person", "Place", "Object")
    known = [
        Entity(_id(name), name, HERE, (*kinds, name)[n % 4], 3, (wicked[-n],), wicked[(n + 3) % every])
        for n, name in enumerate(wicked)
    ]
    hub = Entity(_id(HUB), HUB, HERE, "Collection", 3)
    chunks: list[Chunk] = []
    found: list[Extraction] = []
    at = 0
    for n, one in enumerate(known):
        text = f"In number {n} of {HUB} the planted thing {one.name} stands."
        id_ = make_id("chunk", document.id, n)
        chunks.append(Chunk(id_, document.id, n, text, at, at + len(text), heading=one.name))
        source = Source(id_, text, at, at + len(text), True)
        if n % 3 == 0:
            source = replace(source, when=When(f"um 15{n + 10} {one.name}", f"15{n + 10}"), place=wicked[n - 5])
        other, point = known[(n + 2) % every], f"{30 + n / 2}, {n / 4}"
        claims = [
            Statement(hub, f"HOLDS {one.name}", one, text, source),
            Statement(one, wicked[(n + 1) % every], other, f"{one.name} {other.name}", source),
        ]
        if one.type == "Place":
            claims.append(Statement(one, "HAS_COORDINATES", Entity(_id(point), point, HERE, trust=3), text, source))
        ends = {end.id: end for claim in claims for end in (claim.subject, claim.object)}
        found.append(Extraction(id_, tuple(Mention(id_, each) for each in ends.values()), tuple(claims)))
        at += len(text) + 2
    store.documents.put([document], "read")
    store.documents.put_chunks(replace(document, characters=at), chunks, "read", "none")
    store.claims.put(found, HERE)


def _id(name: str) -> str:
    return Entity.make_id(HERE, name)


def picture(folder: Path) -> Path:
    """A picture with a name that is script."""
    path = folder / "<svg onload=hacked=51> planted.png"
    Image.new("RGB", (1600, 900), "#d8c9a8").save(path)
    return path


def described(trap: str) -> dict[str, Any]:
    """What a model says of the picture that obeys what stands on it."""
    wicked = payloads(trap)
    parts = [
        {"name": each, "kind": "object", "about": each,
         "box": {"left": 60 * n % 900, "top": 20 * n % 900, "right": 60 * n % 900 + 90, "bottom": 20 * n % 900 + 90}}
        for n, each in enumerate(wicked[:8])
    ]  # fmt: skip
    writing = [{"text": wicked[6], "language": wicked[0], "box": {"left": 0, "top": 0, "right": 300, "bottom": 100}}]
    said = {"caption": wicked[6], "seen": " ".join(wicked[:8]), "uncertain": wicked[9:11]}
    return said | {"parts": parts, "writing": writing}
