"""stub"""

from graph.types import Subgraph
from pages.parts.cabinet import Cabinet


def show(cabinet: Cabinet, graph: Subgraph) -> None: ...
