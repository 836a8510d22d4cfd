"""What we claim, measured. Each module runs by `python -m bench.NAME` and prints medians and what they are against."""
