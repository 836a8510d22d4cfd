"""What the doctor looks at where a Ray cluster is named: whether it answers, and can do the work."""

from __future__ import annotations

from graph.errors import WunderkammerError
from ingest.cluster import Cluster
from scripts.doctor_lines import Line, well
from scripts.doctor_machine import failed
from settings import Settings


def cluster(settings: Settings) -> list[Line]:
    """One line on the cluster, after a desk was opened there and closed again; none where no cluster is named."""
    if settings.ray_address is None:
        return []
    joined = Cluster(settings.ray_address, 1)
    try:
        processors, computers = joined.processors(), joined.nodes()
    except WunderkammerError as problem:
        return [failed("cluster", problem)]
    finally:
        joined.leave()
    en = f"{settings.ray_address} answers: {computers} computers can work so far, {processors} processors in all"
    de = f"{settings.ray_address} antwortet: {computers} Rechner arbeiten bisher, {processors} Prozessoren insgesamt"
    return [well("cluster", en, de)]
