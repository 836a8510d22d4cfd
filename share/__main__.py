"""`python -m share`: findings on the command line, and on their way out of the house."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any, Final

import cli
from share.commands_annotations import add_annotations
from share.commands_cabinet import add_open, add_snapshot
from share.commands_findings import add_list
from share.commands_send import add_channels, add_queue, add_rules, add_teams

ABOUT: Final = "Findings: what was kept on the pages or by `python -m llm ask --save`. COMMAND --help explains each."
COMMANDS: Final[tuple[Callable[[Any], None], ...]] = (
    add_list,
    add_annotations,
    add_snapshot,
    add_open,
    add_teams,
    add_channels,
    add_queue,
    add_rules,
)
"""Each gives the parser one command."""


def main(arguments: list[str] | None = None) -> int:
    """Entry of the command."""
    parser = cli.Parser(prog="python -m share", description=ABOUT)
    commands: argparse._SubParsersAction[Any] = parser.add_subparsers()
    for add in COMMANDS:
        add(commands)
    return cli.run(parser, arguments)


if __name__ == "__main__":
    sys.exit(main())
