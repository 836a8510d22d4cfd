"""The knowledge graph: its model, its database, search and ranking. The only place that imports the driver."""
