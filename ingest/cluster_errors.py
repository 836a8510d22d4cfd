"""What can go wrong with a Ray cluster. Documents keep waiting all the while, as they do without a database."""

from __future__ import annotations

from graph.errors import StoreError
from llm.errors import Interrupted


class ClusterError(StoreError):
    """The cluster is in the way: nothing has failed, and what waits for it goes on as soon as it answers."""


class RayNotInstalled(ClusterError):
    en = (
        "RAY_ADDRESS is set, but the package ray is not installed here. Run: pip install -r requirements-team.txt, or "
        "unset RAY_ADDRESS to work on this computer alone. Documents wait until then."
    )
    de = (
        "RAY_ADDRESS ist gesetzt, aber das Paket ray ist hier nicht installiert. Führen Sie aus: pip install -r "
        "requirements-team.txt, oder löschen Sie RAY_ADDRESS, um nur auf diesem Rechner zu arbeiten. So lange warten "
        "die Dokumente."
    )


class NoClusterAddress(ClusterError):
    en = "RAY_ADDRESS must name the head of a Ray cluster as HOST:PORT, such as 10.0.0.5:6379, not {address}."
    de = "RAY_ADDRESS muss den Kopf eines Ray-Clusters als HOST:PORT nennen, etwa 10.0.0.5:6379, nicht {address}."


class ClusterUnreachable(ClusterError):
    en = (
        "The Ray cluster at {address} does not answer. See that it runs, that this computer belongs to it (ray start "
        "--address={address}), and that RAY_ADDRESS is right; or unset RAY_ADDRESS. Documents wait until then."
    )
    de = (
        "Der Ray-Cluster {address} antwortet nicht. Prüfen Sie, ob er läuft, ob dieser Rechner dazugehört (ray start "
        "--address={address}) und ob RAY_ADDRESS stimmt; oder löschen Sie RAY_ADDRESS. So lange warten die Dokumente."
    )


class ClusterDiffers(ClusterError):
    en = (
        "The Ray cluster at {address} runs {there}, this computer {here}. Install the same Python and ray on all of "
        "them. Documents wait until then."
    )
    de = (
        "Der Ray-Cluster {address} hat {there}, dieser Rechner {here}. Installieren Sie überall dasselbe Python "
        "und ray. So lange warten die Dokumente."
    )


class NodesUnfit(ClusterError):
    en = (
        "Computers of the Ray cluster cannot do the work: {detail}. Install requirements-core.txt on each of them, for "
        "the Python that runs ray there. Documents wait until then."
    )
    de = (
        "Rechner des Ray-Clusters können die Arbeit nicht tun: {detail}. Installieren Sie requirements-core.txt auf "
        "jedem, für das Python, das dort ray ausführt. So lange warten die Dokumente."
    )


class NodeLost(Interrupted):
    en = "A computer of the Ray cluster went away before its answer was here. It is asked again on another."
    de = "Ein Rechner des Ray-Clusters ging weg, bevor seine Antwort hier war. Ein anderer wird noch einmal gefragt."
