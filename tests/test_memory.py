"""Memory told before a model is loaded, and refused with numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from graph import confined
from llm import memory
from llm.catalog import find_model
from llm.errors import NotEnoughMemory
from llm.gguf import fit
from llm.gguf_header import Header
from llm.memory import GB, Memory, Room, placement
from llm.spec import ModelSpec, Weights

PLAIN = find_model("gemma-3-4b")
SPEC: ModelSpec = replace(PLAIN, weights=Weights("a/b", (), 8 * GB, ram=10 * GB, gpu=9 * GB, gpu_4bit=4 * GB))
ABOUT = Header("x", "llama", "?", 2 * GB, GB, 131_072, 114_688, 3_072, 8_192, 24, 128_256, True)
LLAMA: ModelSpec = replace(find_model("llama-3.2-3b"), context_tokens=8_192)


@pytest.mark.parametrize(
    ("free", "four_bit", "place"),
    [
        (Memory(20 * GB, 24 * GB), True, ("cpu", 16, 10 * GB)),
        (Memory(20 * GB, 24 * GB, 12 * GB, 12 * GB, "card"), False, ("cuda", 16, 9 * GB)),
        (Memory(20 * GB, 24 * GB, 6 * GB, 12 * GB, "card"), True, ("cuda", 4, 4 * GB)),
        (Memory(20 * GB, 24 * GB, 6 * GB, 12 * GB, "card"), False, ("cpu", 16, 10 * GB)),
        (Memory(2 * GB, 24 * GB, 4 * GB, 12 * GB, "card"), True, ("cuda", 4, 4 * GB)),
    ],
)
def test_the_best_place_that_has_room(free: Memory, four_bit: bool, place: tuple[str, int, int]) -> None:
    found = placement(SPEC, free, four_bit)
    assert (found.device, found.bits, found.needed) == place


def test_a_card_is_told_by_its_driver_and_asked_anew_when_a_model_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def driver(free: int) -> None:
        program = tmp_path / "nvidia-smi"
        program.write_text(f"#!/bin/sh\necho 'NVIDIA RTX 4000, small, {free}, 20475'\n")
        program.chmod(0o755)

    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    driver(12_000)
    memory.look_again()
    try:
        told = memory.here()
        assert (told.gpu, told.gpu_free, told.gpu_total) == ("NVIDIA RTX 4000, small", 12_000 << 20, 20_475 << 20)
        assert memory.here(Room(gpu=GB)).gpu_free == (12_000 << 20) + GB
        assert memory.here(Room(gpu=90 * GB)).gpu_free == told.gpu_total
        driver(500)
        assert memory.here().gpu_free == 12_000 << 20, "asked every few seconds only"
        memory.look_again()
        assert memory.here().gpu_free == 500 << 20
    finally:
        monkeypatch.undo()
        memory.look_again()


def test_a_card_that_torch_cannot_use_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    card = Memory(20 * GB, 24 * GB, 12 * GB, 12 * GB, "card")
    monkeypatch.setattr(memory, "here", lambda reclaimable=None: card)
    monkeypatch.setattr(memory, "_torch_uses_cards", lambda: False)
    assert memory.here_for_torch() == Memory(20 * GB, 24 * GB)
    assert memory.place_for_torch(SPEC).taken == Room(ram=10 * GB)
    monkeypatch.setattr(memory, "_torch_uses_cards", lambda: True)
    assert memory.here_for_torch() == card


@pytest.mark.parametrize(
    ("text", "uses"),
    [("cuda: Optional[str] = None\nhip: Optional[str] = None", False), ("cuda: str | None = '13.0'", True)],
)
def test_torch_tells_in_a_file_whether_it_was_built_for_cards(
    text: str, uses: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").touch()
    (tmp_path / "torch" / "version.py").write_text(f"__version__ = '2.11.0'\n{text}\n")
    code = "from llm import memory; print(memory._torch_uses_cards())"
    path = os.pathsep.join([str(tmp_path), str(Path.cwd())])
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(uses)


def test_what_cannot_fit_is_refused_with_its_numbers_in_both_languages() -> None:
    with pytest.raises(NotEnoughMemory) as told:
        placement(SPEC, Memory(3 * GB, 8 * GB))
    for language, numbers in (("en", ("10.0 GB", "3.0", "8.0 GB")), ("de", ("10,0 GB", "3,0", "8,0 GB"))):
        assert all(number in told.value.text(language) for number in numbers)


def test_what_is_free_here_is_less_than_all_there_is() -> None:
    here = memory.here()
    assert 0 < here.ram_free < here.ram_total <= psutil.virtual_memory().total
    assert memory.here(Room(ram=5 * GB)).ram_free - here.ram_free == pytest.approx(5 * GB, abs=GB)


def test_the_limit_of_a_container_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "memory.max").write_text(f"{2 * GB}\n")
    (tmp_path / "memory.current").write_text(f"{GB + GB // 2}\n")
    (tmp_path / "memory.stat").write_text(f"anon 1\ninactive_file {GB // 2}\n")
    monkeypatch.setattr(confined, "GROUPS", tmp_path)
    monkeypatch.setattr(confined, "MEMBER", tmp_path / "of this process")
    here = memory.here()
    assert (here.ram_free, here.ram_total) == (GB // 2, 2 * GB)
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.here().ram_total == psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("member", "folder", "name"),
    [
        ("0::/system.slice/cabinet.service\n", "system.slice/cabinet.service", "memory.max"),
        ("0::/system.slice/cabinet.service/inner\n", "system.slice", "memory.max"),
        ("4:cpu,memory:/cabinet\n0::/\n", "memory/cabinet", "memory.limit_in_bytes"),
    ],
)
def test_the_limit_of_a_service_counts(
    member: str, folder: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As systemd sets it with MemoryMax, in the process's own group or in one above it."""
    (tmp_path / "of this process").write_text(member)
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / folder / name).write_text(f"{2 * GB}\n")
    monkeypatch.setattr(confined, "GROUPS", tmp_path)
    monkeypatch.setattr(confined, "MEMBER", tmp_path / "of this process")
    found = confined.confined()
    assert found is not None and (found.limit, found.free) == (2 * GB, 2 * GB)


def test_a_window_shrinks_to_the_memory_that_is_free_and_no_further() -> None:
    whole = fit(LLAMA, ABOUT, Memory(20 * GB, 24 * GB))
    assert whole.window == 8_192 and whole.needed > ABOUT.size + 8_192 * ABOUT.cache and not whole.gpu
    less = fit(LLAMA, ABOUT, Memory(whole.needed - GB // 4, 24 * GB))
    assert 2_048 <= less.window < 8_192 and less.needed <= whole.needed - GB // 4
    with pytest.raises(NotEnoughMemory, match=r"takes 3\.\d GB of memory; 3.0 GB of 24.0 GB"):
        fit(LLAMA, ABOUT, Memory(3 * GB, 24 * GB))


def test_a_window_is_never_longer_than_the_model_was_trained_for() -> None:
    assert fit(LLAMA, replace(ABOUT, context=1_024), Memory(20 * GB, 24 * GB)).window == 1_024


def test_a_card_takes_all_of_a_model_or_none() -> None:
    assert fit(LLAMA, ABOUT, Memory(GB, 8 * GB, 8 * GB, 8 * GB, "card")).gpu
    assert not fit(LLAMA, ABOUT, Memory(20 * GB, 24 * GB, 2 * GB, 8 * GB, "card")).gpu
    assert not fit(LLAMA, ABOUT, Memory(20 * GB, 24 * GB, 8 * GB, 8 * GB, "card"), gpu=False).gpu
