"""Tests with real parts: real servers, real files, a real browser."""
