"""`python -m share list`: the findings that were kept."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

import cli
from graph.commands_here import add_collection, opened
from graph.finding import Listed
from llm.plain import one_line


def add_list(commands: Any) -> None:
    """Give the parser its `list`."""
    about = list_command.__doc__
    parser = add_collection(cli.add_json(commands.add_parser("list", help=about, description=about)))
    parser.add_argument("words", nargs="?", default="", metavar="WORDS", help="only those that have all these words")
    parser.add_argument("--limit", type=cli.whole(1, 10_000), default=50, metavar="N", help="at most so many (50)")
    parser.add_argument("--skip", type=cli.whole(0), default=0, metavar="N", help="leave out the latest N (0)")
    parser.set_defaults(command=list_command)


def list_command(given: argparse.Namespace) -> int:
    """The findings that were kept, the latest first: title, question, id."""
    with opened(given) as store:
        found = store.findings.listed(store.here, given.words, given.skip, given.limit)
        total = store.findings.count(store.here, given.words)
    rows = [asdict(each) | {"outcome": each.outcome.value} for each in found]
    lines = [_line(each) for each in found] or ["no findings"]
    if total > given.skip + len(found):
        lines.append(f"{total - given.skip - len(found)} more")
    cli.show(given, {"findings": rows, "total": total}, "\n".join(lines))
    return cli.DONE


def _line(each: Listed) -> str:
    asked = f" – {one_line(each.question)}" if each.question and each.question != each.title else ""
    return f"{each.id[:8]}  {each.created_at[:10]}  {one_line(each.title)}{asked}"
