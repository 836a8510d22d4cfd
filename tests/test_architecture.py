"""Reads the imports and keeps the arrows: pages -> share, ingest -> llm -> graph; and keeps files short."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAX_LINES = 320
TABLES = ("graph/cypher.py", "pages/language/")
"""Files that are one list of texts, wanted in one place: they may be as long as the list."""
BELOW: dict[str, tuple[str, ...]] = {
    "graph": ("settings",),
    "llm": (
        *("graph.types", "graph.errors", "graph.quotes", "graph.misread", "graph.ways", "graph.finding"),
        "graph.confined",
        "settings",
    ),
    "ingest": ("llm", "graph", "settings"),
    "share": ("llm", "graph", "settings"),
    "pages": ("share", "ingest", "llm", "graph", "settings"),
    "streamlit_app": ("pages",),
    "settings": ("settings_keyring",),
    "settings_keyring": (),
}
"""What each part may import besides itself."""
ROOTS = ("graph", "llm", "ingest", "share", "settings", "cli")
"""What `__main__.py` and `commands_*.py`, which put the parts together, may import besides what lies below them."""
ONLY_IN: dict[str, tuple[str, ...]] = {
    "neo4j": ("graph",),
    # `streamlit run` knows an app with routes of its own by the call that makes it in the file that it is given.
    "streamlit": ("pages", "streamlit_app"),
    "streamlit_agraph": ("pages",),
    "arcadedb_embedded": ("graph",),
}
"""Packages that one part keeps to itself."""
OURS = {*BELOW, "cli", "bench", "tests", "scripts", "sample"}
HEAVY = {"torch", "transformers", "llama_cpp", "openai", "mistralai", "langchain_openai", "langchain_experimental"}


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, with the file and line that import it."""

    file: Path
    line: int
    module: str

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.module}"


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def product() -> list[Path]:
    return [
        *(ROOT / name for name in ("settings.py", "settings_keyring.py", "streamlit_app.py")),
        *sources(*(set(BELOW) & folders())),
    ]


def folders() -> set[str]:
    return {path.name for path in ROOT.iterdir() if path.is_dir()}


def imports(file: Path) -> Iterator[Import]:
    """Every import of a file, wherever in it; `from a import b` counts as `a.b`, which may be a module or a name."""
    package = file.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*parents, *([node.module] if node.module else [])])
            yield from (Import(file, node.lineno, f"{base}.{alias.name}") for alias in node.names)


def part(file: Path) -> str:
    return file.relative_to(ROOT).parts[0].removesuffix(".py")


def allowed(found: Import) -> bool:
    """Whether this import follows the arrows; packages that are not ours always do."""
    top = found.module.split(".")[0]
    if top not in OURS:
        return True
    own = part(found.file)
    may = (own, *BELOW[own], *(ROOTS if found.file.name.startswith(("__main__.", "commands_")) else ()))
    return any(f"{found.module}.".startswith(f"{module}.") for module in may)


def test_arrows_run_down() -> None:
    assert [str(found) for file in product() for found in imports(file) if not allowed(found)] == []


def test_each_foreign_package_has_one_home() -> None:
    strays = [
        str(found)
        for file in product()
        for found in imports(file)
        if (homes := ONLY_IN.get(found.module.split(".")[0])) and part(file) not in homes
    ]
    assert strays == []


def test_no_file_grows_too_long() -> None:
    files = [*product(), *sources("bench", "tests", "scripts")]
    lengths = {str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    assert {n: lines for n, lines in lengths.items() if lines > MAX_LINES and not n.startswith(TABLES)} == {}


@pytest.mark.parametrize("module", ["llm.catalog", "graph.store", "ingest.submit"])
def test_heavy_packages_wait_for_their_first_use(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & {HEAVY!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_no_error_text_is_taken_for_markdown() -> None:
    """What a provider, a file name or a question puts into an error could otherwise be a link or a picture."""
    markdown = {"error", "warning", "info", "success", "caption", "markdown", "toast", "write", "subheader", "title"}
    strays = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in sources("pages")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in markdown
        and ast.unparse(node.func.value) == "st"
        and any(ast.unparse(argument).endswith((".say(current())", ".text(current())")) for argument in node.args)
    ]
    assert strays == []


def test_keeper_stays_small() -> None:
    code = "import sys, graph.keeper; print(*sorted(set(sys.modules) & {'neo4j', 'numpy', 'httpx', 'pydantic'}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    ("file", "module", "fine"),
    [
        ("llm/retrieve.py", "graph.types.Chunk", True),
        ("llm/retrieve.py", "graph.store.Store", False),
        ("llm/retrieve.py", "graph.typesetting", False),
        ("llm/__main__.py", "graph.store.Store", True),
        ("llm/__main__.py", "pages.ask", False),
        ("llm/commands_describe.py", "ingest.files", True),
        ("llm/commands_describe.py", "pages.ask", False),
        ("share/teams.py", "ingest.files", False),
        ("graph/store.py", "ingest", False),
        ("graph/store.py", "tests.servers", False),
        ("pages/ask.py", "share.teams", True),
        ("settings.py", "graph", False),
        ("settings.py", "os", True),
    ],
)
def test_the_rule_itself(file: str, module: str, fine: bool) -> None:
    assert allowed(Import(ROOT / file, 1, module)) is fine
