"""Tables in text files: separators, quotes and encoding are told from the content; read row by row."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from ingest.errors import EmptyFile
from ingest.files import clean_name, open_source
from ingest.office_errors import SheetCutOff
from ingest.sources.base import Limits, ReadDocument
from ingest.sources.blocks import Writer
from ingest.sources.office_about import About, finished
from ingest.sources.table_lines import Budget, Lines, cells
from ingest.sources.text import check_words, eight_bit_encoding, marked_encoding

_SAMPLE = 100_000
_ROWS = 60
_SEPARATORS = ("\t", ";", "|", ",")
"""In this order where several would do: within the fields of a line, commas are the most usual."""


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """A CSV or TSV file as one page; what is beyond the limits is left out, and `failure` says so.

    Raises `EmptyFile` and `BinaryFile`.
    """
    with open_source(path, name, limits.max_file_mb) as file:
        encoding, skip = _encoding(file)
        file.seek(skip)
        sample = _text(file, encoding).read(_SAMPLE)
        check_words(sample, clean_name(name))
        separator, named = _separator(sample)
        writer, budget = Writer(), Budget(limits)
        lines = Lines(budget)
        try:
            _fill(lines, budget, _rows(file, skip, encoding, separator, named))
        except csv.Error:
            # A quotation mark that never closes swallows the rest of the file: then none of them means anything.
            budget = Budget(limits)
            lines = Lines(budget)
            _fill(lines, budget, _rows(file, skip, encoding, separator, named, quotes=False))
        lines.end(writer)
        writer.end_page()
    cut = SheetCutOff(name=clean_name(name), cells=limits.max_cells, characters=limits.max_characters, rows=budget.rows)
    if not writer.blocks:
        raise cut if budget.cut else EmptyFile(name=clean_name(name))
    kind = "text/tab-separated-values" if separator == "\t" else "text/csv"
    return finished(writer, About(), kind, name, cut.failure() if budget.cut else None)


def _fill(lines: Lines, budget: Budget, rows: Iterator[list[str]]) -> None:
    for number, row in enumerate(rows, start=1):
        filled = cells(row)
        if not budget.take(filled):
            return
        lines.add(number, filled)


class _Unclosed(io.RawIOBase):
    """A file that stays open when what reads it as text is done."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)


def _text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedReader(_Unclosed(file)), encoding, "replace", newline="")


def _encoding(file: BinaryIO) -> tuple[str, int]:
    """The encoding and how long its mark is; the whole file is looked at, for one letter may come late."""
    head = file.read(4096)
    marked = marked_encoding(head)
    if marked:
        return marked
    decoder, sample = codecs.getincrementaldecoder("utf-8")(), head
    try:
        while sample:
            decoder.decode(sample)
            sample = file.read(_SAMPLE)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return eight_bit_encoding(sample or head), 0
    return "utf-8", 0


def _rows(
    file: BinaryIO, skip: int, encoding: str, separator: str, named: bool, quotes: bool = True
) -> Iterator[list[str]]:
    file.seek(skip)
    text = _text(file, encoding)
    if named:
        text.readline()
    if quotes:
        yield from csv.reader(text, delimiter=separator)
    else:
        yield from (line.rstrip("\r\n").split(separator) for line in text)


def _separator(sample: str) -> tuple[str, bool]:
    """What separates the fields, and whether the first line only says so, as Excel writes it (`sep=;`)."""
    first = sample[:20].splitlines()[0] if sample.strip() else ""
    if first.casefold().startswith("sep=") and len(first) == 5:
        return first[4], True
    best, best_score = ",", 0.0
    for separator in _SEPARATORS:
        widths = _widths(sample, separator)
        if not widths:
            continue
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]))
        share = times / sum(widths.values())
        if width < 2:
            continue
        if share >= 0.9:
            return separator, False
        if share > best_score:
            best, best_score = separator, share
    return best, False


def _widths(sample: str, separator: str) -> Counter[int]:
    """How often the first rows have how many fields."""
    try:
        rows = list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=separator), _ROWS))
    except csv.Error:
        return Counter()
    # The last row of a sample may be cut.
    rows = rows[:-1] if len(sample) >= _SAMPLE and len(rows) > 1 else rows
    return Counter(len(row) for row in rows if row)
