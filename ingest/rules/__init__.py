"""What names look like: word lists and rules for German and English, for finding names without a model."""
