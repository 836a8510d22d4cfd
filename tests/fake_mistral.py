"""A server that speaks Mistral's protocol over a real socket: chat, embeddings and OCR; scripted as `FakeOpenAI` is.

OCR really opens the document: each page's words are looked up in `reads` by the grey of the page's middle (0 to 255),
so that a page sent under a wrong number is read wrongly.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image

from tests.fake_openai import JSON, Asked, Cut, FakeOpenAI, Handler, Raw, Reply, Status, Words, counted, frame

OCR_DPI = 72


class MistralHandler(Handler):
    def error(self, reply: Status) -> JSON:
        """Mistral has no `error` around it."""
        return {"object": "error", "message": reply.message, "type": reply.code or "error", "param": None, "code": "1"}

    def completion(self, reply: Words, body: JSON) -> JSON:
        message = {"role": "assistant", "content": reply.text, "tool_calls": None}
        choice = {"index": 0, "message": message, "finish_reason": reply.finish}
        return frame("chat.completion", body, [choice]) | {"usage": counted(reply.usage or (0, 0))}

    def events(self, reply: Words | Cut, body: JSON) -> Iterator[str]:
        def chunk(text: str, finish: str | None = None, **more: Any) -> str:
            choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finish}
            return json.dumps(frame("chat.completion.chunk", body, [choice]) | more)

        yield chunk("")
        for number, word in enumerate(reply.text.split(" ")):
            yield chunk(word if number == 0 else " " + word)
        if isinstance(reply, Cut):
            return
        if reply.finish:
            yield chunk("", reply.finish, **({"usage": counted(reply.usage)} if reply.usage else {}))
        yield "[DONE]"


class FakeMistral(FakeOpenAI):
    """The server; `address` is what goes into MISTRAL_BASE_URL, `url` the same with /v1."""

    handler = MistralHandler

    def __init__(self, dimensions: int = 1024) -> None:
        super().__init__(dimensions)
        self.address = self.url.removesuffix("/v1")
        self.reads: dict[int, str] = {}
        self.with_blocks = True
        self.ocr: list[Reply] = []
        """Answers to the next requests for OCR, before it reads again."""

    def next_reply(self, asked: Asked) -> Reply:
        if asked.path.endswith("/ocr"):
            self.requests.append(asked)
            return self.ocr.pop(0) if self.ocr else Raw(json.dumps(self._read(asked.body)).encode())
        if asked.path.endswith("/embeddings"):
            asked.body["dimensions"] = asked.body.get("output_dimension")
        reply = super().next_reply(asked)
        if asked.path.endswith("/embeddings") and isinstance(reply, Raw) and self.embeddings is None:
            return Raw(json.dumps({"id": "e"} | json.loads(reply.data)).encode())
        return reply

    def ocr_requests(self) -> list[Asked]:
        return [asked for asked in self.requests if asked.path.endswith("/ocr")]

    def _read(self, body: JSON) -> JSON:
        document = body["document"]
        url = document.get("document_url") or document["image_url"]
        url = url if isinstance(url, str) else url["url"]
        kind, _, data = url.removeprefix("data:").partition(";base64,")
        pictures = _pictures(kind, base64.b64decode(data))
        wanted = body.get("pages")
        pages = [self._page(i, p) for i, p in enumerate(pictures) if wanted is None or i in wanted]
        return {"pages": pages, "model": body["model"], "usage_info": {"pages_processed": len(pages)}}

    def _page(self, index: int, picture: Image.Image) -> JSON:
        width, height = picture.size
        grey = int(np.asarray(picture.convert("L"))[height // 2, width // 2])
        text = next((words for near, words in self.reads.items() if abs(near - grey) <= 6), "")
        page: JSON = {"index": index, "markdown": text, "images": [], "dimensions": None}
        if not text:
            return page | {"markdown": "![img-0.jpeg](img-0.jpeg)"}
        if self.with_blocks:
            page["dimensions"] = {"dpi": OCR_DPI, "width": width, "height": height}
            page["blocks"] = [
                _block("title" if part.startswith("# ") else "text", part, width, height, number)
                for number, part in enumerate(text.split("\n\n"))
            ]
        return page


def _pictures(kind: str, data: bytes) -> list[Image.Image]:
    if kind != "application/pdf":
        return [Image.open(io.BytesIO(data))]
    pdf = pypdfium2.PdfDocument(data)
    try:
        return [pdf[index].render(scale=1).to_pil().copy() for index in range(len(pdf))]
    finally:
        pdf.close()


def _block(kind: str, text: str, width: int, height: int, number: int) -> JSON:
    top = height // 10 * (number + 1)
    return {
        "type": kind,
        "content": text,
        "top_left_x": width // 10,
        "top_left_y": top,
        "bottom_right_x": width // 2,
        "bottom_right_y": top + height // 20,
    }
