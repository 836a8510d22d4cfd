"""From sources to the graph: reading, cutting, describing, extracting; run by a worker, resumable at any point."""
