"""`jupyter codewithme doctor`: everything the server needs, and what to do about what is missing."""

import socket
from dataclasses import dataclass

from jupyter_core.paths import jupyter_path
from jupyterlab_server.config import get_federated_extensions

from ..config import CodeWithMe
from ..services import Services
from ..storage.schema import SchemaState
from .base import Command

LABEXTENSION = "@codewithme/labextension"


@dataclass(frozen=True)
class Finding:
    """One thing that was checked; `advice` says what to do where it is not well."""

    subject: str
    is_well: bool
    detail: str
    advice: str = ""


class DoctorCommand(Command):
    """Check the container engine, the sandbox's image, the database, the port and the labextension."""

    description = __doc__ or ""

    def start(self) -> None:
        """Check everything; ends with status 1 if something is missing."""
        super().start()
        self.with_services(self._examine)

    async def _examine(self, services: Services) -> None:
        findings = [
            await _engine(services),
            await _languages(services),
            await _database(services),
            _port(CodeWithMe(parent=self).port),
            _labextension(),
        ]
        for finding in findings:
            self.say(f"{'ok ' if finding.is_well else 'NO '} {finding.subject}: {finding.detail}")
            if not finding.is_well:
                self.say(f"      {finding.advice}")
        if not all(finding.is_well for finding in findings):
            self.exit(1)


async def _engine(services: Services) -> Finding:
    status = await services.execution.engine()
    if status.is_available:
        return Finding("Container engine", is_well=True, detail="answers")
    return Finding("Container engine", is_well=False, detail=status.reason or "", advice=status.advice or "")


async def _languages(services: Services) -> Finding:
    languages = (await services.execution.languages()).languages
    ready = [language.name for language in languages if language.available]
    if ready:
        return Finding("Sandbox image", is_well=True, detail=f"runs {', '.join(ready)}")
    return Finding(
        "Sandbox image",
        is_well=False,
        detail="no language can be run",
        advice="Build it: python -m codewithme_sandbox build",
    )


async def _database(services: Services) -> Finding:
    if not await services.schema.answers():
        return Finding(
            "Database", is_well=False, detail="does not answer", advice="Check database_url and that the server runs."
        )
    state = await services.schema.state()
    advice = {
        SchemaState.OLDER: "Stop the server and run: jupyter codewithme db upgrade",
        SchemaState.NEWER: "Install the newer version of CodeWithMe, or restore a backup.",
    }
    detail = {
        SchemaState.EMPTY: "empty; the first start makes its tables",
        SchemaState.CURRENT: "up to date",
        SchemaState.OLDER: "from an earlier version",
        SchemaState.NEWER: "from a newer version",
    }
    return Finding("Database", is_well=state not in advice, detail=detail[state], advice=advice.get(state, ""))


def _port(port: int) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return Finding(
                f"Port {port}",
                is_well=False,
                detail="is taken",
                advice="Stop what uses it (CodeWithMe itself, if it runs), or choose another: --port=9000",
            )
    return Finding(f"Port {port}", is_well=True, detail="is free")


def _labextension() -> Finding:
    if LABEXTENSION in get_federated_extensions(jupyter_path("labextensions")):
        return Finding("Labextension", is_well=True, detail="installed")
    return Finding(
        "Labextension",
        is_well=False,
        detail="not installed",
        advice="Install the package again: pip install --force-reinstall codewithme",
    )
