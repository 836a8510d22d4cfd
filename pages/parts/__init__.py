"""Pieces that several pages share. A folder of its own, because Streamlit takes every file in `pages/` for a page."""
