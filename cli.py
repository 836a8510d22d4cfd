"""What the command lines share: one JSON document on stdout or plain lines, messages on stderr, the same exit codes.

Exit codes: 0 done, 1 done in part (the rest is listed), 2 wrong use or bad input, 3 something needed is missing.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable
from typing import Any

from graph.errors import WunderkammerError

DONE, IN_PART, WRONG_USE, MISSING = 0, 1, 2, 3

Command = Callable[[argparse.Namespace], int]


def say(message: str) -> None:
    """A message for the person at the terminal; never on stdout, which belongs to the result."""
    print(message, file=sys.stderr, flush=True)


def show(given: argparse.Namespace, data: Any, text: str) -> None:
    """The result: as JSON where `--json` was given, as text otherwise."""
    print(json.dumps(data, ensure_ascii=False) if given.json else text, flush=True)


def add_json(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Give a command its `--json`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else on stdout")
    return parser


def run(parser: argparse.ArgumentParser, arguments: list[str] | None = None) -> int:
    """Parse and run the chosen command; our errors become one clear line and their exit code."""
    given = parser.parse_args(arguments)
    # The driver tells every retry; what matters of it reaches people as one of our errors.
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)
    command: Command | None = getattr(given, "command", None)
    if command is None:
        parser.print_help(sys.stderr)
        return WRONG_USE
    try:
        return command(given)
    except WunderkammerError as error:
        if given.json:
            print(json.dumps({"error": {"code": error.code, "message": str(error)}}, ensure_ascii=False))
        say(f"error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        say("stopped; what was stored stays")
        return IN_PART
    except BrokenPipeError:
        # The reader of our output went away, as `head` does; nothing is left to say to it.
        sys.stderr.close()
        return IN_PART
