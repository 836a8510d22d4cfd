"""One browser at the app, without the browser: Streamlit's own protocol, and everything that a page loads beside it.

A visit asks for the page and its scripts, opens the websocket, sends what people do (`BackMsg`) and keeps the page as
it comes (`ForwardMsg`): messages that it has are not sent again, timers of fragments tick, files go to the upload
endpoint, images, tiles and component files are fetched as a browser would, each once.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileURLs, UploadedFileInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from bench import users_loads
from bench.users_book import PATIENCE, Book, Gone
from bench.users_tree import Placed, Tree, told
from bench.users_wire import XSRF, Wire


class Visit:
    """One tab of one browser. `act` does something and waits until the page has run; errors go into the book."""

    def __init__(self, url: str, book: Book, http: httpx.AsyncClient, seen: set[str]) -> None:
        self.url, self.book, self._http, self._seen = url, book, http, seen
        self.tree = Tree()
        self.query = self.page = self.session = ""
        self.pages: dict[str, str] = {}
        """The pages of the navigation: the hash by the last part of the address."""
        self._states: dict[str, WidgetState] = {}
        self._wire: Wire | None = None
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: tuple[str, asyncio.Future[None]] | None = None
        self._ticked: dict[str, float] = {}
        self._urls: dict[str, asyncio.Future[Sequence[FileURLs]]] = {}
        self._numbers = itertools.count()
        self._overtaken: list[str] = []
        self._run = ""

    async def open(self, path: str = "", query: str = "") -> None:
        """Load an address in a new tab."""
        began = time.monotonic()
        await self.fetch(f"/{path}", "load page")
        for asset in users_loads.assets():
            await self.fetch(asset, "load script")
        for route in ("/_stcore/health", "/_stcore/host-config"):
            await self.fetch(route, "load page", again=True)
        try:
            self._wire = await Wire.open(self.url, self._http.cookies, self._hear, self._lost)
        except Gone as error:
            self.book.note(f"open {path or 'ask'}", began, str(error), page=True)
            raise
        self.query = query
        await self._act(f"open {path or 'ask'}", began, name=path)

    async def loaded(self) -> None:
        """Wait until all is there that the page loads beside itself."""
        await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """Close the tab."""
        self._end_timers()
        for task in [*self._tasks]:
            task.cancel()
        if self._wire is not None:
            await self._wire.close()

    async def go(self, page: str) -> None:
        """Follow the navigation to another page."""
        await self._leave(self.pages[page], "", f"go to {page}")

    async def follow(self, link: Placed, what: str) -> None:
        """Follow a link that the page has."""
        await self._leave(link.what.page_script_hash, link.what.query_string, what)

    async def _leave(self, page: str, query: str, what: str) -> None:
        """Go to another page: what was typed here is left behind."""
        self._end_timers()
        self._states.clear()
        self.query = query
        await self._act(what, time.monotonic(), hash_=page)

    def set(self, placed: Placed, value: str | Sequence[str] | Sequence[UploadedFileInfo]) -> None:
        """Type or choose something that is not sent yet, as in a form."""
        state = WidgetState(id=placed.id)
        if isinstance(value, str):
            state.string_value = value
        elif placed.kind == "file_uploader":
            state.file_uploader_state_value.uploaded_file_info.extend(value)
        else:
            state.string_array_value.data.extend(value)
        self._states[placed.id] = state

    async def send(self, placed: Placed, what: str) -> None:
        """Have the page run with what was set, by a change of this widget."""
        await self._act(what, time.monotonic(), fragment=placed.fragment)

    async def click(self, button: Placed, what: str) -> None:
        """Press a button."""
        once = WidgetState(id=button.id, trigger_value=True)
        await self._act(what, time.monotonic(), fragment=button.fragment, once=once)

    async def tell(self, component: Placed, event: str, value: Any, what: str) -> None:
        """Do something in a component of our own, such as a click on the graph."""
        once = users_loads.event(component.id, event, value)
        await self._act(what, time.monotonic(), fragment=component.fragment, once=once)

    async def upload(self, field_: Placed, files: Sequence[tuple[str, bytes]], what: str) -> None:
        """Put files into a field: ask for their addresses, send them there, tell the page."""
        began = time.monotonic()
        message = BackMsg()
        request = f"r{next(self._numbers)}"
        message.file_urls_request.request_id = request
        message.file_urls_request.session_id = self.session
        message.file_urls_request.file_names.extend(name for name, _ in files)
        asked = self._urls[request] = asyncio.get_running_loop().create_future()
        await self._give(message)
        infos = []
        try:
            for urls, (name, content) in zip(await asyncio.wait_for(asked, PATIENCE), files, strict=True):
                headers = {"X-Xsrftoken": self._http.cookies.get(XSRF) or ""}
                answer = await self._http.put(urls.upload_url, files={name: (name, content)}, headers=headers)
                error = f"{answer.status_code} {answer.text[:200]}" if answer.status_code >= 400 else ""
                self.book.note("send file", began, error)
                infos.append(UploadedFileInfo(name=name, size=len(content), file_id=urls.file_id, file_urls=urls))
        except (TimeoutError, httpx.HTTPError) as error:
            self.book.note("send file", began, type(error).__name__)
            return
        self.set(field_, infos)
        await self.send(field_, what)

    async def fetch(self, path: str, what: str, again: bool = False) -> None:
        """Load something of this app as a browser does that keeps what it has."""
        if path in self._seen and not again:
            return
        self._seen.add(path)
        began, error = time.monotonic(), ""
        try:
            async with self._http.stream("GET", path) as answer:
                async for _ in answer.aiter_raw():
                    pass
            if answer.status_code >= 400 and await self._wanted(path, what):
                error = f"{answer.status_code} {path[:200]}"
        except httpx.HTTPError as trouble:
            error = f"{type(trouble).__name__} {path[:200]}"
        self.book.note(what, began, error)

    async def _wanted(self, path: str, what: str) -> bool:
        """Whether the page still needs this after a while: a browser loads no image on of a page that is left."""
        if what != "load image":
            return True
        await asyncio.sleep(3)
        return any(path == url for each in self.tree.at.values() for url, _ in users_loads.of(each))

    async def _act(
        self, what: str, began: float, fragment: str = "", once: WidgetState | None = None, hash_: str = "",
        name: str = "",
    ) -> None:  # fmt: skip
        """Send what was done and wait until it has run; note how long that took and what the page says went wrong."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting, error = (fragment, done), ""
        try:
            await self._rerun(fragment, once, hash_, name)
            await asyncio.wait_for(done, PATIENCE)
            error = "; ".join(self.tree.troubles())
        except TimeoutError:
            error = f"no answer within {PATIENCE:.0f} s"
        except Gone as gone:
            error = str(gone)
            raise
        finally:
            self._waiting = None
            self.book.note(what, began, f"{what}: {error}" if error else "", page=True)

    async def _rerun(
        self, fragment: str = "", once: WidgetState | None = None, hash_: str = "", name: str = "", timed: bool = False
    ) -> None:
        message = BackMsg()
        run = message.rerun_script
        run.query_string = self.query
        run.widget_states.widgets.extend([*self._states.values(), *([once] if once else [])])
        run.page_script_hash, run.page_name = hash_ or self.page, name
        run.fragment_id, run.is_auto_rerun = fragment, timed
        run.cached_message_hashes.extend(self._wire.kept if self._wire else ())
        run.context_info.timezone, run.context_info.locale = "Europe/Berlin", "en-GB"
        run.context_info.url, run.context_info.color_scheme = f"{self.url}/{name}", "light"
        await self._give(message)

    async def _give(self, message: BackMsg) -> None:
        assert self._wire is not None, "nobody does anything before the page is open"
        await self._wire.give(message)

    def _hear(self, kind: str, message: ForwardMsg) -> None:
        hears: dict[str, Callable[[ForwardMsg], None]] = {
            "new_session": self._begun, "delta": self._drawn, "script_finished": self._finished,
            "navigation": self._named, "auto_rerun": self._timer, "stop_auto_rerun": self._untimed,
            "file_urls_response": self._addressed, "logo": lambda it: self._load(it.logo.image, "load image"),
        }  # fmt: skip
        if kind in hears:
            hears[kind](message)
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string

    def _lost(self) -> None:
        self.book.note("connection", time.monotonic(), "closed by the app")
        if self._waiting and not self._waiting[1].done():
            self._waiting[1].set_exception(Gone("connection closed"))

    def _begun(self, message: ForwardMsg) -> None:
        session = message.new_session
        if not message.metadata.run.fragment_ids:
            self._end_timers()
        elif self._overtaken:
            # The server calls a run ended early when the next one began before its end had been sent.
            self._heard(self._overtaken)
        self._overtaken = []
        self._run, self.page = message.metadata.run.script_run_id, session.page_script_hash
        self.session = session.initialize.session_id or self.session

    def _named(self, message: ForwardMsg) -> None:
        self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
        self.pages["ask"] = next(page.page_script_hash for page in message.navigation.app_pages if page.is_default)
        self.page = message.navigation.page_script_hash or self.page

    def _drawn(self, message: ForwardMsg) -> None:
        placed = self.tree.take(message, message.metadata.run.script_run_id or self._run)
        if placed is None:
            return
        if (state := told(placed)) is not None:
            self._states[placed.id] = state
        for path, what in users_loads.of(placed):
            self._load(path, what)

    def _finished(self, message: ForwardMsg) -> None:
        run, how = message.metadata.run, message.script_finished
        fragments = list(run.fragment_ids)
        if how == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self._overtaken = fragments
            return
        self.tree.ended(run.script_run_id, fragments)
        if how == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self.book.note("script", time.monotonic(), "a script cannot be compiled")
        if not fragments:
            here = self.tree.ids()
            self._states = {id_: state for id_, state in self._states.items() if id_ in here}
            if self._wire is not None:
                self._wire.ran()
        self._heard(fragments)

    def _heard(self, fragments: Sequence[str]) -> None:
        """What ran is on the page now: these fragments, or all of it."""
        for fragment in fragments:
            if began := self._ticked.pop(fragment, None):
                self.book.note("tick of a timer", began)
        if self._waiting and (not fragments or self._waiting[0] in fragments) and not self._waiting[1].done():
            self._waiting[1].set_result(None)

    def _addressed(self, message: ForwardMsg) -> None:
        answer = message.file_urls_response
        if (asked := self._urls.pop(answer.response_id, None)) is not None:
            asked.set_result(list(answer.file_urls))

    def _timer(self, message: ForwardMsg) -> None:
        fragment = message.auto_rerun.fragment_id
        if fragment not in self._timers:
            self._timers[fragment] = asyncio.create_task(self._tick(fragment, message.auto_rerun.interval))

    def _untimed(self, message: ForwardMsg) -> None:
        for fragment in message.stop_auto_rerun.fragment_ids:
            if (timer := self._timers.pop(fragment, None)) is not None:
                timer.cancel()

    async def _tick(self, fragment: str, interval: float) -> None:
        with suppress(Gone):
            while True:
                await asyncio.sleep(interval)
                self._ticked.setdefault(fragment, time.monotonic())
                await self._rerun(fragment, timed=True)

    def _end_timers(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._ticked.clear()

    def _load(self, path: str, what: str) -> None:
        if path.startswith("/") and path not in self._seen:
            task = asyncio.create_task(self.fetch(path, what))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
