"""The image service beside the pages: page images and pictures in parts and sizes, as IIIF viewers ask for them.

It speaks the IIIF Image API 3.0 at level 1, and 2.1, to our own pages alone: other websites may neither load nor read
what it gives, so it sends no CORS headers, against the advice of IIIF, which is for collections that are public.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from hashlib import sha256
from typing import Final, TypeVar

from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

import settings as configuration
from graph.errors import SourceError
from graph.storage_errors import CopyMissing, NotAtHand
from ingest import zoom
from ingest.files import FileStore
from ingest.iiif_detail import Details
from ingest.iiif_fetch import from_web
from ingest.iiif_json import IIIF
from ingest.zoom import PageOf, Zoom
from pages.parts.image_address import ROOT, image_named
from pages.parts.image_request import FORMATS, VERSIONS, Asked, Refused, asked, info
from settings import Settings

DRAWING: Final = 2
"""Images that are drawn at once; the pages need processors too."""
FETCHING: Final = 4
"""Details that are fetched at once: institutions' servers are often small."""
WAITING: Final = 200
"""Requests that wait for their turn, at most: a viewer asks for a few dozen."""
PATIENCE: Final = 8.0
"""Seconds for a detail from an institution; after that our coarser copy is shown."""
_CACHED: Final = "private, max-age=86400"
_OURS: Final = {"Cross-Origin-Resource-Policy": "same-origin", "X-Content-Type-Options": "nosniff"}
_NOTHING: Final = "There is no image at this address."
_FROM_US: Final = (None, "same-origin", "none")
"""What browsers say of where a request comes from: other programs say nothing, a typed address comes from nowhere."""
T = TypeVar("T")
Answer = Callable[[Request], Awaitable[Response]]


class ImageServer:
    """Answers requests for images; what takes time runs in threads of its own."""

    def __init__(self, read: Callable[[], Settings] = configuration.read) -> None:
        self._read = read
        self._settings: Settings | None = None
        self._details = Details()
        self._drawing = ThreadPoolExecutor(DRAWING, "images")
        self._fetching = ThreadPoolExecutor(FETCHING, "details")
        self._waiting = 0

    def routes(self) -> list[Route]:
        """The routes of the service, and one that keeps all else below its address from being taken for a page."""
        at = f"/{ROOT}/{{version:int}}/{{name}}"
        return [
            Route(f"{at}/info.json", self._guarded(self.about)),
            Route(f"{at}/{{region}}/{{size}}/{{rotation}}/{{file}}", self._guarded(self.image)),
            Route(at, self._guarded(self.base)),
            Route(f"/{ROOT}/{{rest:path}}", self._guarded(self.nothing)),
        ]

    async def about(self, request: Request) -> Response:
        """The `info.json` of an image."""
        version, page = _named(request)
        found = await self._in(self._drawing, lambda: zoom.zoom_of(self._files, page))
        base = str(request.url.replace(query="")).removesuffix("/info.json")
        profile = f"http://iiif.io/api/image/{version}/context.json"
        media_type = f'application/ld+json;profile="{profile}"'
        return JSONResponse(info(version, base, found), media_type=media_type, headers={"Cache-Control": _CACHED})

    async def image(self, request: Request) -> Response:
        """A part of an image in a size."""
        version, page = _named(request)
        path = request.path_params
        found = await self._in(self._drawing, lambda: zoom.zoom_of(self._files, page))
        wanted = asked(version, path["region"], path["size"], path["rotation"], path["file"], found)
        tag = f'"{sha256(repr((page, found, wanted)).encode()).hexdigest()[:32]}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag, "Cache-Control": _CACHED})
        headers = {"ETag": tag, "Cache-Control": _CACHED}
        detail = None
        if page.media_type == IIIF and not await self._in(self._drawing, lambda: self._enough(page, found, wanted)):
            detail = await self._in(self._fetching, lambda: self._detail(page, found, wanted))
            if detail is None:
                # The institution may answer when it is asked again.
                headers = {"Cache-Control": "no-store"}
        content = await self._in(self._drawing, lambda: self._drawn(page, found, wanted, detail))
        return Response(content, media_type=FORMATS[wanted.format][1], headers=headers)

    async def base(self, request: Request) -> Response:
        """The address of an image by itself leads to what is said of it."""
        _named(request)
        return RedirectResponse(f"{request.url.path.rpartition('/')[2]}/info.json", status_code=303)

    async def nothing(self, request: Request) -> Response:
        """Anything else below the address of the service."""
        raise Refused(404, _NOTHING)

    def _guarded(self, answer: Answer) -> Answer:
        async def guarded(request: Request) -> Response:
            try:
                if request.headers.get("sec-fetch-site") not in _FROM_US:
                    raise Refused(403, "Images are given to the pages of Wunderkammer alone.")
                response = await answer(request)
            except Refused as refused:
                response = _told(refused.status, refused.reason)
            except CopyMissing:
                # Its text names the folder, which is nobody's business here.
                response = nothing_there()
            except NotAtHand:
                # Neither does anybody need to know where the files are kept.
                response = _told(503, "The image is not within reach at the moment.")
            except SourceError as problem:
                response = _told(404, problem.text("en"))
            response.headers.update(_OURS)
            return response

        return guarded

    async def _in(self, pool: Executor, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING:
            raise Refused(503, "Too many images are asked for at once.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, work)
        finally:
            self._waiting -= 1

    @property
    def _configured(self) -> Settings:
        # Read once: looking up keys takes longer than drawing a part of a page.
        if self._settings is None:
            self._settings = self._read()
        return self._settings

    @property
    def _files(self) -> FileStore:
        return FileStore.of(self._configured)

    def _enough(self, page: PageOf, found: Zoom, wanted: Asked) -> bool:
        return zoom.kept_is_enough(self._files, page, found, wanted.region, wanted.size[0])

    def _detail(self, page: PageOf, found: Zoom, wanted: Asked) -> Image.Image | None:
        settings = self._configured
        fetch, longest = from_web(settings, PATIENCE), max(wanted.size)
        return self._details.part(self._files, page, found, wanted.region, longest, fetch, settings.max_megapixels)

    def _drawn(self, page: PageOf, found: Zoom, wanted: Asked, detail: Image.Image | None) -> bytes:
        if detail is None:
            part = zoom.cut(self._files, page, found, wanted.region, wanted.size)
        else:
            part = detail if detail.size == wanted.size else detail.resize(wanted.size, Image.Resampling.LANCZOS)
        out = io.BytesIO()
        options = {"jpg": {"quality": 85}, "webp": {"quality": 85, "method": 2}, "png": {"compress_level": 3}}
        part.save(out, FORMATS[wanted.format][0], **options[wanted.format])
        return out.getvalue()


def nothing_there() -> Response:
    """The answer where there is no such image, or none for who asks."""
    response = _told(404, _NOTHING)
    response.headers.update(_OURS)
    return response


def _named(request: Request) -> tuple[int, PageOf]:
    page = image_named(request.path_params["name"])
    version = request.path_params["version"]
    if page is None or version not in VERSIONS:
        raise Refused(404, _NOTHING)
    return version, page


def _told(status: int, reason: str) -> Response:
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "2"} if status == 503 else {})
    return PlainTextResponse(reason, status_code=status, headers=headers)
