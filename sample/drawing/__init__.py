"""The engraver's bench: lines that swell with the shade, and what is drawn with them."""
