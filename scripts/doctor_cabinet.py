"""What the doctor looks at with our own packages: settings, folders, the database, imports, keys, models."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import settings as configuration
from graph.condition import KNOWN, OLDEST_NEO4J, Condition, look
from graph.embedded import release_server, stop_server
from graph.errors import WunderkammerError
from ingest.worker import log_path, worker_pid
from llm import catalog, embed
from llm.keys import kept
from llm.ready import readiness
from scripts.doctor_cluster import cluster
from scripts.doctor_lines import BROKEN, LOOK, Line, same, well
from scripts.doctor_machine import failed, folders, memory, space, storage
from scripts.doctor_sign_in import sign_in
from settings import LOOPBACK, SECRETS, VARIABLES, Settings

_LOOKS = 20
"""Looks at a worker that does nothing, a second apart: between two documents it holds none."""
_PLACES = {
    "environment": ("environment", "Umgebung"),
    "file": (".env", ".env"),
    "keyring": ("keyring", "Schlüsselbund"),
    "session": ("this session", "diese Sitzung"),
    "file of its own": ("a file of its own", "eigene Datei"),
}
_NO_SETTINGS = {"PORT", "WUNDERKAMMER_DOCTOR"}


def looked(given: Settings | None = None) -> list[Line]:
    """All that can be looked at, of these settings or of those that are configured; ones that cannot be read end it."""
    try:
        settings = given or configuration.read()
    except ValueError as problem:
        todo = (
            "Correct it in the environment or in .env; README lists what each may be.",
            "Berichtigen Sie es in der Umgebung oder in .env; was möglich ist, steht in README.",
        )
        return [Line("settings", BROKEN, same(str(problem)), todo)]
    lines = [_settings(), folders(settings), space(settings), storage(settings)]
    if settings.neo4j_uri is None:
        lines.append(memory(settings))
    condition = _database(settings, lines)
    if condition is not None:
        lines += [_schema(condition), _vectors(settings, condition), _worker(settings, condition)]
    lines += [*cluster(settings), _keys(settings), _models(settings), _address(settings)]
    return [*lines, *filter(None, [sign_in(settings)])]


def _settings() -> Line:
    known = set(VARIABLES.values()) | {f"{name}_FILE" for name in SECRETS} | _NO_SETTINGS
    said = {**configuration.file_values(), **os.environ}
    strange = sorted(name for name in said if name.startswith("WUNDERKAMMER_") and name not in known)
    if strange:
        names = ", ".join(strange)
        todo = ("Compare them with README's table of variables.", "Vergleichen Sie sie mit der Tabelle in README.")
        return Line("settings", LOOK, (f"unknown variables: {names}", f"unbekannte Variablen: {names}"), todo)
    secret = set(SECRETS) & configuration.file_values().keys()
    if secret and os.name != "nt" and Path(".env").stat().st_mode & 0o077:
        todo = ("Run: chmod 600 .env", "Führen Sie aus: chmod 600 .env")
        return Line("settings", LOOK, ("others can read .env", "andere können .env lesen"), todo)
    return well("settings", "can be read", "lesbar")


def _database(settings: Settings, lines: list[Line]) -> Condition | None:
    """How the database is; where there is none yet, whether the engine starts, tried in a folder of its own."""
    try:
        if settings.neo4j_uri is None and not (settings.database / "databases").is_dir():
            with tempfile.TemporaryDirectory(prefix="wunderkammer-doctor-", ignore_cleanup_errors=True) as folder:
                trial = replace(settings, home=Path(folder, "home"))
                try:
                    look(trial)
                finally:
                    stop_server(trial)
                    release_server(trial)
            en, de = (
                "the embedded one starts; the cabinet is not made yet",
                "die eingebaute startet; noch keine Sammlung",
            )
            lines.append(well("database", en, de))
            return None
        condition = look(settings)
    except WunderkammerError as problem:
        lines.append(failed("database", problem))
        return None
    finally:
        release_server(settings)
    lines.append(_engine(settings, condition))
    return condition


def _engine(settings: Settings, condition: Condition) -> Line:
    if settings.neo4j_uri is None:
        return well("database", "the embedded one answers", "die eingebaute antwortet")
    version, least = condition.neo4j_version, ".".join(map(str, OLDEST_NEO4J))
    found = (f"{settings.neo4j_uri} answers, {condition.agent}", f"{settings.neo4j_uri} antwortet, {condition.agent}")
    if version is not None and version < OLDEST_NEO4J:
        todo = (f"Update Neo4j to {least} or newer.", f"Aktualisieren Sie Neo4j auf {least} oder neuer.")
        return Line("database", BROKEN, found, todo)
    return well("database", *found)


def _schema(condition: Condition) -> Line:
    if condition.meta.version == 0:
        return well("schema", "a new database: the app makes it ready", "eine neue Datenbank: die App richtet sie ein")
    found = same(f"{condition.meta.version}/{KNOWN}")
    if not condition.fits:
        todo = (
            "A newer Wunderkammer wrote this database: update this one.",
            "Ein neueres Wunderkammer hat diese Datenbank geschrieben: aktualisieren Sie dieses.",
        )
        return Line("schema", BROKEN, found, todo)
    if condition.meta.version < KNOWN:
        todo = (
            "Make a backup, then open the app: it brings the database to the present schema.",
            "Sichern Sie die Sammlung und öffnen Sie die App: sie bringt die Datenbank auf den heutigen Stand.",
        )
        return Line("schema", LOOK, found, todo)
    return well("schema", *found)


def _vectors(settings: Settings, condition: Condition) -> Line:
    meta = condition.meta
    name = meta.embedding_model
    if name is None:
        return well("vectors", "nothing has vectors yet", "noch hat nichts Vektoren")
    anew = f"python -m ingest embed --model {name}"
    lacking = {"Chunk", "Statement"} - condition.vectors.keys()
    wrong = [size for size in condition.vectors.values() if size not in (None, meta.dimensions)]
    if lacking or wrong:
        todo = (f"Make all vectors anew: {anew}", f"Berechnen Sie alle Vektoren neu: {anew}")
        return Line("vectors", BROKEN, (f"no index fits {name}", f"kein Index passt zu {name}"), todo)
    try:
        state = embed.readiness(embed.find_embedding(name), settings)
    except WunderkammerError as problem:
        return failed("vectors", problem)
    if not state.ready:
        todo = (state.todo.say("en"), state.todo.say("de"))
        return Line("vectors", LOOK, (f"{name} cannot run here", f"{name} läuft hier nicht"), todo)
    if meta.wanted_model:
        en, de = f"{name}, being replaced by {meta.wanted_model}", f"{name}, wird ersetzt durch {meta.wanted_model}"
        return well("vectors", en, de)
    return well("vectors", f"{name}, {meta.dimensions} numbers", f"{name}, {meta.dimensions} Zahlen")


def _worker(settings: Settings, condition: Condition) -> Line:
    waiting, pid = sum(condition.waiting.values()), worker_pid(settings)
    if not waiting:
        return well("worker", "nothing waits", "nichts wartet")
    one = waiting == 1
    found = (
        "one document waits" if one else f"{waiting} documents wait",
        f"{waiting} {'Dokument wartet' if one else 'Dokumente warten'}",
    )
    for _ in range(_LOOKS):
        before = condition.waiting
        if condition.beating:
            return well("worker", f"{found[0]}, somebody is at work", f"{found[1]}, es wird gearbeitet")
        if pid is None:
            break
        time.sleep(1)
        condition = look(settings)
        # Between two documents nobody holds one; a worker that has just begun reads its models first.
        if condition.waiting != before:
            return well("worker", f"{found[0]}, and it goes on", f"{found[1]}, und es geht voran")
    release_server(settings)
    if pid is None:
        todo = (
            "Open the app, or run: python -m ingest retry",
            "Öffnen Sie die App, oder führen Sie aus: python -m ingest retry",
        )
        return Line("worker", LOOK, (f"{found[0]}, no worker runs", f"{found[1]}, kein Arbeitsprozess läuft"), todo)
    todo = (
        f"Read {log_path(settings)}; then end process {pid}: the next worker goes on where it stopped.",
        f"Lesen Sie {log_path(settings)}; beenden Sie dann Prozess {pid}: der nächste macht dort weiter.",
    )
    return Line("worker", BROKEN, (f"{found[0]}, the worker is stuck", f"{found[1]}, der Prozess hängt"), todo)


def _keys(settings: Settings) -> Line:
    named = {VARIABLES[name]: getattr(settings, name) for name in VARIABLES if VARIABLES[name] in SECRETS}
    places = [(name, _PLACES[kept(name) or "file of its own"]) for name, value in named.items() if value]
    if not places:
        return well("keys", "none set; none is needed", "keine gesetzt; nötig ist keiner")
    en, de = (", ".join(f"{name} ({place[which]})" for name, place in places) for which in (0, 1))
    return well("keys", f"set: {en}", f"gesetzt: {de}")


def _models(settings: Settings) -> Line:
    ready = [spec.id for spec in catalog.models(settings) if readiness(spec, settings).ready]
    if settings.model_server_url:
        ready.append("server:NAME")
    if ready:
        return well("models", f"ready: {', '.join(ready)}", f"bereit: {', '.join(ready)}")
    todo = (
        "Questions get evidence without a written answer; `python -m llm models` says what each model needs.",
        "Fragen finden Belege, aber keine geschriebene Antwort; `python -m llm models` sagt, was jedes Modell braucht.",
    )
    return Line("models", LOOK, ("none is ready", "keines ist bereit"), todo)


def _address(settings: Settings) -> Line:
    if not settings.address:
        return well("address", "none set: messages have no links", "keine gesetzt: Nachrichten haben keine Links")
    parts = urlsplit(settings.address.strip())
    plain = not (parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not plain:
        todo = (
            "Set WUNDERKAMMER_ADDRESS to such as https://cabinet.example.org, without login, query or #.",
            "Setzen Sie WUNDERKAMMER_ADDRESS auf etwas wie https://kammer.example.org, ohne Anmeldung, ? oder #.",
        )
        return Line("address", BROKEN, ("it is no address of a page", "es ist keine Adresse einer Seite"), todo)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        todo = (
            "Put a proxy with TLS before the app: docs/operation.md",
            "Stellen Sie einen Proxy mit TLS vor die App: docs/operation.md",
        )
        return Line("address", LOOK, (f"{settings.address} is not encrypted", f"{settings.address} ist offen"), todo)
    return well("address", settings.address, settings.address)
