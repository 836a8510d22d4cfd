"""Addresses that people type: private networks are the operator's business."""

from __future__ import annotations

from pathlib import Path

import pytest

import settings as configuration
from graph.errors import WunderkammerError
from llm.addresses import NoSuchHost, NotAnAddress, PrivateAddress, check_address
from llm.keys import keep, kept
from settings import Settings

PLANTED = "sk-planted-SECRET-0123456789abcdef"


@pytest.fixture(autouse=True)
def nothing_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "typed", {})
    monkeypatch.delenv("MODEL_SERVER_URL", raising=False)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)


@pytest.mark.parametrize(
    ("address", "refused"),
    [
        ("http://127.0.0.1:8000/v1", PrivateAddress),
        ("http://localhost:11434/v1", PrivateAddress),
        ("http://10.1.2.3/v1", PrivateAddress),
        ("http://192.168.1.10:8080", PrivateAddress),
        ("http://169.254.169.254/latest/meta-data", PrivateAddress),
        ("http://100.100.100.200/", PrivateAddress),
        ("http://[::1]:8000/v1", PrivateAddress),
        ("http://[::ffff:127.0.0.1]/", PrivateAddress),
        ("http://[64:ff9b::a00:1]/", PrivateAddress),
        ("http://[fd00:ec2::254]/", PrivateAddress),
        ("http://2130706433/", PrivateAddress),
        ("http://0.0.0.0:8000", PrivateAddress),
        ("http://224.0.0.1/", PrivateAddress),
        ("ftp://93.184.216.34/", NotAnAddress),
        ("file:///etc/passwd", NotAnAddress),
        ("models.example.org", NotAnAddress),
        ("http://", NotAnAddress),
        ("http://[broken", NotAnAddress),
        ("http://host:port/", NotAnAddress),
        (f"https://user:{PLANTED}@93.184.216.34/v1", NotAnAddress),
        ("http://no-such-host.invalid/v1", NoSuchHost),
    ],
)
def test_addresses_that_are_typed(address: str, refused: type[WunderkammerError], home: Path) -> None:
    with pytest.raises(refused) as raised:
        check_address(address, Settings(home=home))
    assert PLANTED not in raised.value.text("en") + raised.value.text("de") + repr(raised.value.params)
    assert raised.value.text("en") != raised.value.text("de") and "{" not in raised.value.text("de")
    with pytest.raises(refused):
        keep("MODEL_SERVER_URL", address)
    assert kept("MODEL_SERVER_URL") is None
    if refused is PrivateAddress:
        assert "WUNDERKAMMER_ALLOW_PRIVATE=1" in str(raised.value)
        assert check_address(address, Settings(home=home, allow_private=True)) == address.rstrip("/")


def test_a_public_address_is_kept(home: Path) -> None:
    assert check_address(" https://93.184.216.34/v1/ ", Settings(home=home)) == "https://93.184.216.34/v1"
    assert keep("MODEL_SERVER_URL", "https://93.184.216.34/v1") == "session"
    assert configuration.read().model_server_url == "https://93.184.216.34/v1"
