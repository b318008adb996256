"""Builds every service once, and nothing else does: the server, the command line and the tests all start here."""

import hashlib
import os
import secrets
import shutil
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from codewithme_sandbox.sandbox import Sandbox, SandboxSettings

from .cluster.access_cache import RedisAccessCache
from .cluster.link import RedisLink
from .cluster.neighbours import Neighbours
from .errors import ConfigurationError
from .events.bus import EventBus
from .interview.accounts.actor import Actor
from .interview.accounts.deletion import AccountDeletion
from .interview.accounts.known import KnownLogIns
from .interview.accounts.logins import LogIns
from .interview.accounts.passwords import Passwords
from .interview.accounts.service import AccountService, RegistrationPolicy
from .interview.accounts.tokens import AccessTokens
from .interview.accounts.watch import LogInWatch
from .interview.admission.invitations import InvitationService
from .interview.admission.service import AdmissionService
from .interview.assessment.service import AssessmentService
from .interview.chat.service import ChatService
from .interview.documents.files import Files
from .interview.documents.service import DocumentService
from .interview.execution.runner import Runner
from .interview.execution.service import ExecutionService
from .interview.export.service import ExportService
from .interview.files.service import FileService
from .interview.idempotency import Idempotency
from .interview.privacy.service import PrivacyService
from .interview.proctoring.service import ProctoringService
from .interview.rate_limits import IN_MEMORY, RateLimits, RateLimitSettings
from .interview.retention import Prune, Retention
from .interview.sessions.attendance import Attendance
from .interview.sessions.presence import Presence
from .interview.sessions.service import SessionService
from .interview.sessions.workspace import Workspace
from .interview.snapshots.service import SnapshotService
from .storage.appender import open_appender
from .storage.base import utc_now
from .storage.claims import open_claims
from .storage.direct import open_direct
from .storage.engine import database_file, open_engine
from .storage.schema import Schema
from .storage.unit_of_work import Clock, Units

LOW_DISK_MIB = 200


@dataclass(frozen=True)
class ServiceSettings:
    """What the services need to know, as plain values. Times in seconds, memory in MiB."""

    data_dir: Path
    database_url: str
    jwt_secret: str
    owner_token: str
    owner_name: str
    registration: RegistrationPolicy
    jwt_expires_in_s: int = 3600
    refresh_expires_in_s: int = 30 * 24 * 3600
    password_hash_cost: int | None = None
    docker_host: str | None = None
    execution_timeout_s: float = 10.0
    execution_memory_mib: int = 128
    execution_runtime: str | None = None
    max_code_size: int = 100_000
    enable_proctoring: bool = True
    redis_url: str | None = None
    server_name: str = ""
    """Of this server among several, the same after a restart."""
    retention_days: int = 0
    enable_chat: bool = True
    max_file_size: int = 5 * 2**20
    rate_limits: RateLimitSettings = field(default_factory=RateLimitSettings)

    @property
    def files_dir(self) -> Path:
        """Jupyter's contents root: the interviews' folders."""
        return self.data_dir / "files"


@dataclass(frozen=True)
class Services:
    """Everything the ways in call."""

    settings: ServiceSettings
    bus: EventBus
    units: Units
    schema: Schema
    limits: RateLimits
    logins: LogIns
    login_watch: LogInWatch
    accounts: AccountService
    account_deletion: AccountDeletion
    privacy: PrivacyService
    retention: Retention
    sessions: SessionService
    attendance: Attendance
    invitations: InvitationService
    admission: AdmissionService
    chat: ChatService
    documents: DocumentService
    files: FileService
    execution: ExecutionService
    assessment: AssessmentService
    proctoring: ProctoringService
    idempotency: Idempotency
    export: ExportService
    snapshots: SnapshotService
    engine: AsyncEngine
    direct: AsyncEngine | None
    """Reads on the event loop, where the database is a file."""
    runner: Runner
    presence: Presence
    link: RedisLink | None
    neighbours: Neighbours | None

    async def health(self) -> dict[str, object]:
        """Each part and whether it works, with what to do where it does not."""
        engine = await self.execution.engine()
        parts: dict[str, dict[str, object]] = {
            "database": {"available": await self.schema.answers()},
            "sandbox": {"available": engine.is_available, "reason": engine.reason, "advice": engine.advice},
            "disk": _disk(self.settings),
            "documents": self._documents_health(),
        }
        if self.link is not None:
            is_up = self.link.is_up
            reason = None if is_up else "Redis does not answer. Nothing is lost; each server goes on by itself."
            advice = None if is_up else "Check redis_url, and that Redis runs."
            parts["redis"] = {"available": is_up, "reason": reason, "advice": advice}
        missing = [name for name, part in parts.items() if not part["available"]]
        return {"ready": await self.why_not_ready() is None, "missing": missing, **parts}

    def _documents_health(self) -> dict[str, object]:
        trouble = self.documents.trouble
        advice = (
            "Look whether the database answers and its disk has space; the log says why it refuses."
            if trouble
            else None
        )
        return {
            "available": not trouble,
            "reason": trouble or None,
            "advice": advice,
            "quarantined": self.documents.numbers.quarantined,
        }

    async def why_not_ready(self) -> str | None:
        """Why this server should get no requests now; None if it should. Runs and Redis may be away: the rest works."""
        if not await self.schema.answers():
            return "The database does not answer."
        return None

    async def start(self) -> None:
        """Prepare the database and the sandbox; runs left open by a stopped server are recorded as interrupted."""
        await self.schema.prepare()
        await self.documents.start()
        await self.execution.recover()
        self.login_watch.start()
        self.retention.start()
        if self.neighbours is not None:
            self.neighbours.start()
        if isinstance(self.runner, Sandbox):
            await self.runner.start()

    async def stop(self) -> None:
        """Stop what runs and close what is open, one after the other; what fails in stopping keeps nothing else open."""
        async with AsyncExitStack() as left:
            # From the last to the first.
            left.push_async_callback(self.disconnect)
            if self.neighbours is not None:
                left.push_async_callback(self.neighbours.stop)
            if isinstance(self.runner, Sandbox):
                left.push_async_callback(self.runner.stop)
            left.push_async_callback(self.documents.stop)
            left.push_async_callback(self.snapshots.stop)
            left.push_async_callback(self.execution.close)
            left.push_async_callback(self.attendance.stop)
            left.push_async_callback(self.retention.stop)
            left.push_async_callback(self.login_watch.stop)

    async def disconnect(self) -> None:
        """Close the connections to the database and to Redis; all there is to close where nothing was started."""
        await self.engine.dispose()
        if self.direct is not None:
            await self.direct.dispose()
        if self.link is not None:
            await self.link.close()


def build_services(settings: ServiceSettings, *, runner: Runner | None = None, clock: Clock = utc_now) -> Services:
    """Wire everything; nothing is connected or started yet. `runner` stands in for the sandbox in unit tests."""
    engine = open_engine(settings.database_url)
    direct = open_direct(settings.database_url)
    bus = EventBus()
    units = Units(engine, bus, clock, direct=direct)
    presence = Presence()
    link = RedisLink(settings.redis_url, prefix=_cluster_name(settings)) if settings.redis_url else None
    # First among the subscribers: before anybody hears of a change, what was true before it is forgotten.
    access_cache = RedisAccessCache(link) if link is not None else None
    if access_cache is not None:
        bus.subscribe_to_own(access_cache.on_event)
    neighbours = Neighbours(link, bus, presence) if link is not None else None
    passwords = Passwords(time_cost=settings.password_hash_cost)
    runner = runner or _sandbox(settings)
    limits = RateLimits(settings.rate_limits, storage_url=settings.redis_url or IN_MEMORY)
    known = KnownLogIns()
    bus.subscribe(known.on_event)
    logins = LogIns(
        units,
        access_tokens=AccessTokens(secret=settings.jwt_secret, lifetime_s=settings.jwt_expires_in_s, clock=clock),
        refresh_lifetime_s=settings.refresh_expires_in_s,
        known=known,
    )
    accounts = AccountService(
        units,
        passwords=passwords,
        logins=logins,
        limits=limits,
        registration=settings.registration,
        owner_name=settings.owner_name,
        owner_token=settings.owner_token,
    )
    # One server by itself records how every run ended that was open when it stopped, whatever its name was then.
    server = settings.server_name if link is not None else ""
    files = Files(settings.files_dir)
    documents = DocumentService(units, files, open_appender(settings.database_url), open_claims(settings.database_url))
    chat = ChatService(units, limits=limits, is_enabled=settings.enable_chat)
    proctoring = ProctoringService(units, is_enabled=settings.enable_proctoring)
    execution = ExecutionService(
        units, bus, runner, documents, limits=limits, max_code_size=settings.max_code_size, server=server
    )
    snapshots = SnapshotService(units, documents, execution, max_code_size=settings.max_code_size)
    assessment = AssessmentService(units, execution)
    invitations = InvitationService(units, secret=settings.jwt_secret)
    sessions = SessionService(
        units,
        passwords=passwords,
        presence=presence,
        workspace=Workspace(settings.files_dir),
        languages=execution,
        cache=access_cache,
    )
    account_deletion = AccountDeletion(units, accounts=accounts, logins=logins, sessions=sessions)
    idempotency = Idempotency(units)
    # What goes by itself once it is old, and by which service: this is the whole table.
    kinds: dict[str, Prune] = {
        "log-ins": logins.prune,
        "sign-in links": accounts.prune,
        "idempotency keys": idempotency.prune,
        "invitations": invitations.prune,
    }
    if settings.retention_days > 0:
        ended_for = timedelta(days=settings.retention_days)
        kinds["interviews"] = lambda: sessions.prune(Actor.system(), ended_for=ended_for)
    kinds["guests"] = account_deletion.forget_guests  # after the interviews they came to
    services = Services(
        settings=settings,
        bus=bus,
        units=units,
        schema=Schema(settings.database_url, engine),
        limits=limits,
        logins=logins,
        login_watch=LogInWatch(units, bus, logins),
        accounts=accounts,
        account_deletion=account_deletion,
        privacy=PrivacyService(units, account_deletion),
        retention=Retention(kinds),
        sessions=sessions,
        attendance=Attendance(units, presence),
        invitations=invitations,
        admission=AdmissionService(
            units,
            accounts=accounts,
            invitations=invitations,
            limits=limits,
            passwords=passwords,
            presence=presence,
        ),
        chat=chat,
        documents=documents,
        files=FileService(units, documents, settings.files_dir, max_file_bytes=settings.max_file_size),
        execution=execution,
        assessment=assessment,
        proctoring=proctoring,
        idempotency=idempotency,
        export=ExportService(
            units,
            files,
            sessions=sessions,
            chat=chat,
            execution=execution,
            assessment=assessment,
            proctoring=proctoring,
            snapshots=snapshots,
            documents=documents,
        ),
        snapshots=snapshots,
        engine=engine,
        direct=direct,
        runner=runner,
        presence=presence,
        link=link,
        neighbours=neighbours,
    )
    # What follows from what happens, beside telling people: this is the whole table.
    bus.subscribe(execution.on_event)
    bus.subscribe(documents.on_event)
    for follow_up in (snapshots.on_event,):
        bus.subscribe_to_own(follow_up)
    return services


def _cluster_name(settings: ServiceSettings) -> str:
    """Keeps products apart that share a Redis: servers that belong together sign with the same secret."""
    return f"codewithme-{hashlib.sha256(b'cluster:' + settings.jwt_secret.encode()).hexdigest()[:12]}"


def _disk(settings: ServiceSettings) -> dict[str, object]:
    """The disks that data is written to: the folder's, and that of a database which is a file elsewhere."""
    places = {"data": settings.data_dir}
    if (file := database_file(settings.database_url)) is not None:
        places["database"] = file.parent
    for what, folder in places.items():
        try:
            free_mib = shutil.disk_usage(folder).free // 2**20
        except OSError:
            return {
                "available": False,
                "reason": f"The folder of the {what} cannot be read.",
                "advice": "Check data_dir and database_url.",
            }
        if free_mib < LOW_DISK_MIB:
            reason = f"{free_mib} MiB are left where the {what} lies."
            return {"available": False, "reason": reason, "advice": "Make space, or delete old interviews."}
    return {"available": True, "reason": None, "advice": None}


def _sandbox(settings: ServiceSettings) -> Runner:
    return Sandbox(
        SandboxSettings(
            docker_host=settings.docker_host,
            timeout_s=settings.execution_timeout_s,
            memory_mib=settings.execution_memory_mib,
            runtime=settings.execution_runtime,
        )
    )


def kept_secret(data_dir: Path, name: str) -> str:
    """A random secret kept in `data_dir`, in a file only its owner can read; made when it is not there yet."""
    path = data_dir / name
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            # Written beside and renamed, so that two servers starting at once agree on one.
            beside = path.with_name(f".{name}.{secrets.token_hex(8)}")
            beside.touch(mode=0o600)
            beside.write_text(secrets.token_urlsafe(48))
            try:
                os.link(beside, path)
            except FileExistsError:
                pass
            finally:
                beside.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise ConfigurationError(
            f"data_dir cannot be used: {error.strerror} ({path}). Choose a folder this user may write to."
        ) from error
