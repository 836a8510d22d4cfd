"""What people do at a workshop, one thing after the other with time to think between: ask, look around, read, add."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import quote

import httpx

from bench.users_book import Book, Gone, browser, thinking
from bench.users_client import Visit
from bench.users_files import document
from bench.users_loads import data_of
from ingest.sample import sample_questions

_QUICK_WAYS = 5
"""Ways to ask that need no model: the first of those that are offered."""
_VIEWS = 5


class User:
    """Somebody with a browser of their own, in one tab at a time."""

    def __init__(self, url: str, book: Book, names: Sequence[str], seed: int, think: float) -> None:
        self._url, self._book, self._names, self._think = url, book, names, think
        self._dice = random.Random(seed)
        self._seen: set[str] = set()
        self._query = ""

    async def work(self, until: float) -> None:
        """Do things until a time of `time.monotonic`; a lost connection is noted, and the page opened again."""
        async with browser(self._url) as http:
            while time.monotonic() < until:
                visit = Visit(self._url, self._book, http, self._seen)
                try:
                    await self._visit(visit, http, until)
                except Gone:
                    await asyncio.sleep(1)
                finally:
                    await visit.close()

    async def _visit(self, visit: Visit, http: httpx.AsyncClient, until: float) -> None:
        page, query = self._dice.choice([("", ""), ("", ""), ("explore", ""), ("library", ""), ("", self._asking())])
        await visit.open(page, query)
        acts, often = zip(*_ACTS, strict=True)
        while time.monotonic() < until:
            await asyncio.sleep(min(thinking(self._dice, self._think), max(0.0, until - time.monotonic())))
            if self._dice.random() < _NEW_TAB:
                return
            if time.monotonic() < until:
                await self._dice.choices(acts, often)[0](self, visit)

    def _asking(self) -> str:
        return f"q={quote(self._question())}"

    def _question(self) -> str:
        a, b = self._dice.sample(list(self._names), 2)
        asked = [each.text for language in ("en", "de") for each in sample_questions(language)]
        made = [f"What is said of {a}?", f"How are {a} and {b} connected?", f"Was weiß man über {b}?"]
        return self._dice.choice([*made, self._dice.choice(asked)])

    async def _on(self, visit: Visit, page: str, kind: str, key: str) -> None:
        """Be on a page that has a widget, by the navigation where it is not the page that is shown."""
        if visit.page != visit.pages[page] or visit.tree.one(kind, key) is None:
            await visit.go(page)
            await self._pause()

    async def _pause(self) -> None:
        await asyncio.sleep(thinking(self._dice, self._think / 4))

    async def ask(self, visit: Visit) -> None:
        """A question, in one of the quick ways; sometimes one of those that are suggested."""
        await self._on(visit, "ask", "text_input", "ask.question")
        suggested = visit.tree.all("button", "suggested-")
        if suggested and self._dice.random() < 0.5:
            await visit.click(self._dice.choice(suggested), "ask")
            return
        field, way = visit.tree.one("text_input", "ask.question"), visit.tree.one("selectbox", "ask.mode")
        send = next((each for each in visit.tree.all("button") if each.what.form_id == "ask"), None)
        if field is None or way is None or send is None:
            return
        visit.set(field, self._question())
        automatic = self._dice.random() < 0.6
        visit.set(way, way.what.options[0 if automatic else self._dice.randrange(_QUICK_WAYS)])
        await visit.click(send, "ask")

    async def read(self, visit: Visit) -> None:
        """The place of a piece of evidence, a claim or a document in the reader, and some pages on."""
        links = [each for each in visit.tree.all("page_link") if "document=" in each.what.query_string]
        if not links:
            await self._on(visit, "library", "text_input", "library.search")
            links = [each for each in visit.tree.all("page_link") if "document=" in each.what.query_string]
        if not links:
            return
        await visit.follow(self._dice.choice(links), "read")
        for _ in range(self._dice.randrange(3)):
            await self._pause()
            turn = visit.tree.one("button", label="Next page")
            if turn is None:
                return
            await visit.click(turn, "turn the page")

    async def seek(self, visit: Visit) -> None:
        """A name typed into the field on Explore, and what it offers chosen."""
        await self._on(visit, "explore", "text_input", "explore.search")
        name = self._dice.choice(self._names)
        for typed in (name[:3], name[:6]):
            if field := visit.tree.one("text_input", "explore.search"):
                visit.set(field, typed)
                await visit.send(field, "type a name")
                await asyncio.sleep(0.4)
        if found := visit.tree.all("button", "explore.search-"):
            await visit.click(self._dice.choice(found), "choose a name")

    async def open(self, visit: Visit) -> None:
        """A node of the graph, looked at or opened."""
        await self._on(visit, "explore", "bidi_component", "")
        graphs = [each for each in visit.tree.all("bidi_component") if data_of(each).get("nodes")]
        if graphs:
            node = self._dice.choice(data_of(graphs[0])["nodes"])["id"]
            what = self._dice.choice(["select", "open"])
            await visit.tell(graphs[0], "did", {"what": what, "id": node}, f"{what} in the graph")

    async def look(self, visit: Visit) -> None:
        """Another view of what is drawn: the whole, table, timeline, map."""
        await self._on(visit, "explore", "button_group", "explore.view")
        if views := visit.tree.one("button_group", "explore.view"):
            n = self._dice.randrange(_VIEWS)
            visit.set(views, [views.what.options[n].content])
            await visit.send(views, f"view {n + 1} on Explore")

    async def link(self, visit: Visit) -> None:
        """A name on the page followed to Explore."""
        links = [each for each in visit.tree.all("page_link") if "entity=" in each.what.query_string]
        if links:
            await visit.follow(self._dice.choice(links), "follow a name")
        else:
            await self.seek(visit)

    async def shelf(self, visit: Visit) -> None:
        """The Library, a word sought in it."""
        await self._on(visit, "library", "text_input", "library.search")
        if (field := visit.tree.one("text_input", "library.search")) and self._dice.random() < 0.6:
            visit.set(field, self._dice.choice(self._names).split()[-1])
            await visit.send(field, "search the Library")

    async def keep(self, visit: Visit) -> None:
        """What is on the page saved as a finding, then the page of findings."""
        if button := visit.tree.one("button", "keep.do"):
            await visit.click(button, "begin to save")
            await self._pause()
            title, save = visit.tree.one("text_input", "keep.title"), visit.tree.one("button", "keep.save")
            if title is not None:
                visit.set(title, f"Finding {self._dice.randrange(10**6)}")
                save = visit.tree.one("button", "keep.save")
            if save is not None:
                await visit.click(save, "save a finding")
                await self._pause()
        await visit.go("findings")
        links = [each for each in visit.tree.all("page_link") if "finding=" in each.what.query_string]
        if links:
            await self._pause()
            await visit.follow(self._dice.choice(links), "open a finding")

    async def history(self, visit: Visit) -> None:
        """The page of corrections."""
        await visit.go("history")

    async def add(self, visit: Visit) -> None:
        """One to three small documents brought and imported."""
        await visit.go("add")
        await self._pause()
        field = visit.tree.one("file_uploader", "add.files.")
        if field is None:
            return
        files = [document(self._dice, self._names) for _ in range(self._dice.randint(1, 3))]
        await visit.upload(field, files, "plan an import")
        await self._pause()
        if start := visit.tree.one("button", "add.start.button"):
            await visit.click(start, "start an import")
            await asyncio.sleep(thinking(self._dice, self._think))


_NEW_TAB = 0.03
_Act = Callable[[User, Visit], Awaitable[None]]
_ACTS: tuple[tuple[_Act, int], ...] = (
    (User.ask, 30), (User.read, 22), (User.seek, 10), (User.open, 12), (User.look, 7), (User.link, 8), (User.shelf, 6),
    (User.keep, 3), (User.history, 2), (User.add, 4),
)  # fmt: skip
"""How often each is done, in parts of about a hundred."""
