"""Builds services and the people of an interview for tests, through the same doors as the product."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt

from codewithme_ext.events.bus import Committed
from codewithme_ext.interview.accounts.actor import Actor
from codewithme_ext.interview.accounts.schemas import Grant, Registration
from codewithme_ext.interview.accounts.service import RegistrationPolicy
from codewithme_ext.interview.admission.schemas import Acceptance, InvitationCreation
from codewithme_ext.interview.rate_limits import RateLimitSettings
from codewithme_ext.interview.roles import Role
from codewithme_ext.interview.sessions.schemas import Session, SessionCreation
from codewithme_ext.services import Services, ServiceSettings, build_services
from codewithme_sandbox.job import EngineStatus, Job, Language, Limits, Outcome, Output, Queued, Stage, Step

SECRET = "a secret of the tests, long enough to sign with, also for SHA-512: " + "0123456789"
PYTHON = Language(
    id="python",
    name="Python",
    version="3",
    icon="python",
    file_name="main.py",
    editor_mode="python",
    image="core",
    hello="print()",
    run=Step(argv=("python3", "{entry}")),
)
FINISHED = Outcome(
    stage="run",
    exit_code=0,
    signal=None,
    limit=None,
    wall_time_ms=12.5,
    cpu_time_ms=10.0,
    memory_peak_kib=9000,
    is_output_truncated=False,
    limits=Limits(timeout_s=10, memory_mib=128),
    compile_time_ms=3.5,
    queue_time_ms=7.0,
)
"""How a run of a `ScriptedRunner` ends that went well."""


class MovableClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._now

    def move(self, **by: float) -> None:
        """Let time pass, such as `hours=1`."""
        self._now += timedelta(**by)


@dataclass
class ScriptedRunner:
    """A Runner that prints what it was told to, or raises."""

    items: Sequence[Queued | Output | Outcome] = ()
    error: Exception | None = None
    jobs: list[Job] = field(default_factory=list)

    async def run(
        self, job: Job, *, person: str, stdin: AsyncIterator[bytes] | None
    ) -> AsyncGenerator[Queued | Output | Outcome, None]:
        self.jobs.append(job)
        if self.error is not None:
            raise self.error
        for item in self.items:
            yield item

    async def status(self) -> EngineStatus:
        return EngineStatus(is_available=True)

    async def languages(self) -> Sequence[tuple[Language, bool, str | None]]:
        return [(PYTHON, True, None)]

    def catalogue(self) -> Sequence[Language]:
        return [PYTHON]

    def limits(self, language: Language) -> Mapping[Stage, Limits]:
        return {"run": Limits(timeout_s=10, memory_mib=128)}


@dataclass
class World:
    """Services with a clock, a runner and everything that was published."""

    services: Services
    clock: MovableClock
    runner: ScriptedRunner
    published: list[Committed]

    def told(self) -> list[str]:
        """The types of what was published, in order."""
        return [committed.event.type for committed in self.published]

    async def host(self, name: str = "Maya") -> Actor:
        """Somebody with an account."""
        email = f"{name.lower()}-{len(self.published)}@company.example"
        wish = Registration(name=name, email=email, password="correct horse battery")
        return actor_of(await self.services.accounts.register(wish))

    async def session(self, host: Actor, **wish: str) -> Session:
        """An interview of `host`."""
        return await self.services.sessions.create(host, SessionCreation(**{"title": "Cache with expiry", **wish}))

    async def guest(self, host: Actor, session: Session, name: str = "Priya", role: Role = Role.CANDIDATE) -> Actor:
        """Somebody who came by a fresh link and waits."""
        code = await self.code(host, session, role)
        accepted = await self.services.admission.accept(
            None, Acceptance(session_id=session.id, code=code, name=name, consent=True)
        )
        assert accepted.grant is not None
        return actor_of(accepted.grant)

    async def candidate(self, host: Actor, session: Session, name: str = "Priya") -> Actor:
        """Somebody who was admitted."""
        guest = await self.guest(host, session, name)
        await self.services.admission.admit(host, session.id, guest.person_id)
        return guest

    async def code(self, host: Actor, session: Session, role: Role = Role.CANDIDATE) -> str:
        """The code of a new link."""
        invitation = await self.services.invitations.create(host, session.id, InvitationCreation(role=role))
        return invitation.url.partition("code=")[2]


def actor_of(grant: Grant) -> Actor:
    """Who was just logged in."""
    claims = jwt.decode(grant.token, options={"verify_signature": False})
    return Actor(user_id=grant.user.id, name=grant.user.name, role=grant.user.role, device_id=claims["dev"])


GENEROUS = RateLimitSettings(
    max_requests=1_000_000, anonymous=1_000_000, executions=1_000_000, logins=1_000_000, chat_messages=1_000_000
)
"""What other tests need who do much in no time."""


def settings_for(data_dir: Path, database_url: str, rate_limits: RateLimitSettings = GENEROUS) -> ServiceSettings:
    """Settings of a small test server."""
    return ServiceSettings(
        data_dir=data_dir,
        database_url=database_url,
        jwt_secret=SECRET,
        owner_token="the owner's token",
        owner_name="Olga",
        registration=RegistrationPolicy.OPEN,
        password_hash_cost=1,
        rate_limits=rate_limits,
    )


@asynccontextmanager
async def open_world(
    data_dir: Path, database_url: str, rate_limits: RateLimitSettings = GENEROUS, *, enable_chat: bool = True
) -> AsyncIterator[World]:
    """A world on a database that may be empty."""
    clock, runner, published = MovableClock(), ScriptedRunner(), list[Committed]()
    settings = replace(settings_for(data_dir, database_url, rate_limits), enable_chat=enable_chat)
    services = build_services(settings, runner=runner, clock=clock)

    async def keep(committed: Committed) -> None:
        published.append(committed)

    services.bus.subscribe(keep)
    await services.start()
    try:
        yield World(services, clock, runner, published)
    finally:
        await services.stop()
