"""Findings leave the house: lists, messages to channels, files."""
