"""What the command lines share: one JSON document on stdout or plain lines, messages on stderr, the same exit codes.

Exit codes: 0 done, 1 done in part (the rest is listed), 2 wrong use or bad input, 3 something needed is missing.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import os
import re
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, NoReturn

from graph.errors import WrongUse, WunderkammerError

DONE, IN_PART, WRONG_USE, MISSING = 0, 1, 2, 3
EPILOG: Final = (
    "Ends with 0: done; 1: done in part, the rest is listed; 2: wrong use or bad input; "
    "3: something needed is missing, such as a key, a model or a server."
)
MOST: Final = 1_000_000_000
"""The largest number that an argument may be."""

_STEERS: Final = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
"""Characters of documents that JSON may hold as they are, but that would steer a terminal or turn its writing."""

Command = Callable[[argparse.Namespace], int]


def _without_trace(kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
    """Ctrl+C while Python still loads is no error of ours."""
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, problem, trace)


sys.excepthook = _without_trace


def say(message: str) -> None:
    """A message for the person at the terminal; never on stdout, which belongs to the result."""
    print(message, file=sys.stderr, flush=True)


def show(given: argparse.Namespace, data: Any, text: str) -> None:
    """The result: as JSON where `--json` was given, as text otherwise."""
    print(_STEERS.sub(_escaped, json.dumps(data, ensure_ascii=False)) if given.json else text, flush=True)


def _escaped(character: re.Match[str]) -> str:
    return json.dumps(character.group())[1:-1]


def whole(least: int, most: int = MOST) -> Callable[[str], int]:
    """What turns an argument into a whole number between the two, or says what is wanted."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"“{text}” is not a whole number from {least} to {most:,}")
        return value

    return read


def number(least: float) -> Callable[[str], float]:
    """The same for a number that need not be whole."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not least <= value <= MOST:
            raise argparse.ArgumentTypeError(f"“{text}” is not a number from {least:g} to {MOST:,}")
        return value

    return read


class Parser(argparse.ArgumentParser):
    """One whose complaints are errors as all others, so that `--json` holds for them too; it tells the exit codes."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **{"epilog": EPILOG} | options)

    def error(self, message: str) -> NoReturn:
        """What is wrong with the arguments, and where to read about them."""
        raise WrongUse(detail=f"{message}. `{self.prog} --help` explains what is possible.")


def add_json(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Give a command its `--json`."""
    parser.add_argument("--json", action="store_true", help="for scripts: one JSON document on stdout, nothing else")
    return parser


def run(parser: argparse.ArgumentParser, arguments: list[str] | None = None) -> int:
    """Parse and run the chosen command; our errors become one clear line and their exit code."""
    json_wanted = "--json" in (sys.argv[1:] if arguments is None else arguments)
    try:
        try:
            return _run(parser, arguments)
        finally:
            sys.stdout.flush()
    except WunderkammerError as error:
        if json_wanted:
            print(json.dumps({"error": {"code": error.code, "message": str(error)}}, ensure_ascii=False))
        say(f"error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        say("stopped; what was stored stays, and the same command goes on from there")
        return IN_PART
    except BrokenPipeError:
        # The reader of our output went away, as `head` does; what is still to be written goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return IN_PART


def _run(parser: argparse.ArgumentParser, arguments: list[str] | None) -> int:
    given = parser.parse_args(arguments)
    # The driver tells every retry; what matters of it reaches people as one of our errors.
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)
    command: Command | None = getattr(given, "command", None)
    if command is None:
        parser.print_help(sys.stderr)
        return WRONG_USE
    return command(given)
