"""Log-ins: a device for each, its refresh tokens, and the access tokens that die with it."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ...errors import NotAuthenticatedError, NotFoundError
from ...events.types import LogInsEnded
from ...storage.base import new_id
from ...storage.pruning import prune
from ...storage.unit_of_work import UnitOfWork, Units
from ..wire import known_id
from . import schemas
from .actor import NOWHERE, Actor, Sender
from .known import KnownLogIns
from .models import Device, RefreshToken, User
from .tokens import AccessTokens

MAX_USER_AGENT = 300
_SETTLED = timedelta(hours=1)


class LogIns:
    """Use cases of whoever is logged in, and what all ways to log in end with."""

    def __init__(
        self, units: Units, *, access_tokens: AccessTokens, refresh_lifetime_s: int, known: KnownLogIns
    ) -> None:
        self._units = units
        self._access_tokens = access_tokens
        self._known = known
        self._refresh_lifetime = timedelta(seconds=refresh_lifetime_s)

    @property
    def access_lifetime_s(self) -> int:
        """How long an access token lives, in seconds."""
        return self._access_tokens.lifetime_s

    @property
    def refresh_lifetime_s(self) -> int:
        """How long a log-in lives without being used, in seconds."""
        return int(self._refresh_lifetime.total_seconds())

    async def begin(self, user: User, sender: Sender) -> schemas.Grant:
        """Log somebody in who has shown who they are. Raises NotAuthenticatedError if that is no longer how they do."""
        async with self._units.begin() as unit:
            # A password is checked outside of transactions, and takes a while: it may have been changed, and every log-in ended.
            now = await unit.db.get_one(User, user.id, with_for_update={"read": True})
            if now.deleted_at is not None or now.password != user.password:
                raise NotAuthenticatedError("The account has changed at this moment. Log in again.")
            device, refresh_token = await self._new_device(unit, user.id, sender)
        return self._grant(user, device.id, refresh_token)

    async def begin_first(self, unit: UnitOfWork, user: User, sender: Sender) -> schemas.Grant:
        """Log somebody in whose account is being made in this transaction."""
        await unit.db.flush()
        device, refresh_token = await self._new_device(unit, user.id, sender)
        return self._grant(user, device.id, refresh_token)

    async def begin_anew(self, unit: UnitOfWork, user: User, sender: Sender) -> schemas.Grant:
        """End every log-in of somebody whose password changes, and give them one new one."""
        await self.end_all(unit, user.id)
        return await self.begin_first(unit, user, sender)

    async def refresh(self, token: str, sender: Sender = NOWHERE) -> schemas.Grant:
        """Trade a refresh token for a new pair. A spent one that comes again ends the log-in it belongs to."""
        async with self._units.begin() as unit:
            row = await unit.db.scalar(select(RefreshToken).where(RefreshToken.token_hash == _digest(token)))
            device = await unit.db.get(Device, row.device_id) if row is not None else None
            if row is None or device is None or device.revoked_at is not None or row.expires_at <= unit.now:
                raise NotAuthenticatedError("This log-in has ended. Log in again.")
            # One statement decides who spends it, so that two at once cannot both succeed.
            spent = await unit.db.execute(
                update(RefreshToken)
                .where(RefreshToken.id == row.id, RefreshToken.spent_at.is_(None))
                .values(spent_at=unit.now)
                .returning(RefreshToken.id)
            )
            is_first_use = spent.scalar_one_or_none() is not None
            if is_first_use:
                _used(device, sender, unit.now)
                fresh = self._new_refresh_token(unit.db, device.id, unit.now)
            else:
                await self._end(unit, device.user_id, [device])
            user = await unit.db.get_one(User, device.user_id)
        if not is_first_use:
            raise NotAuthenticatedError("This log-in was used twice and has been ended to be safe. Log in again.")
        return self._grant(user, device.id, fresh)

    async def logout(self, actor: Actor, token: str | None = None) -> None:
        """End the log-in that a refresh token belongs to, or without a known one that of the actor."""
        async with self._units.begin() as unit:
            its_device = select(RefreshToken.device_id).where(RefreshToken.token_hash == _digest(token or ""))
            device_id = await unit.db.scalar(its_device) or actor.device_id
            device = await unit.db.get(Device, device_id) if device_id is not None else None
            if device is not None and device.revoked_at is None:
                await self._end(unit, device.user_id, [device])

    async def authenticate(self, token: str) -> Actor:
        """Who sent this access token. Raises NotAuthenticatedError for a bad one, and for one whose log-in has ended."""
        claims = self._access_tokens.check(token)
        known = self._known.get(claims.device_id, claims.user_id)
        if known is not None:
            return known
        generation = self._known.generation
        async with self._units.glance() as db:
            user = await db.scalar(
                select(User)
                .join(Device, Device.user_id == User.id)
                .where(User.id == claims.user_id, Device.id == claims.device_id, Device.revoked_at.is_(None))
            )
        if user is None:
            raise NotAuthenticatedError("This log-in has ended. Log in again.")
        actor = Actor(user_id=user.id, name=user.name, role=user.role, device_id=claims.device_id)
        self._known.keep(claims.device_id, actor, generation=generation)
        return actor

    def copy(self, token: str) -> schemas.AccessToken:
        """Another access token of the same log-in, which lives no longer: only a refresh token buys more time."""
        claims = self._access_tokens.check(token)
        left_s = int((claims.expires_at - self._units.now).total_seconds())
        if left_s <= 0:
            raise NotAuthenticatedError("This token has expired. Refresh it, or log in again.")
        copy = self._access_tokens.issue(claims.user_id, claims.device_id, expires_at=claims.expires_at)
        return schemas.AccessToken(token=copy, expiresIn=left_s, lifetime_s=self._access_tokens.lifetime_s)

    async def devices(self, actor: Actor) -> schemas.DeviceList:
        """Where the actor is logged in, last used first."""
        async with self._units.read() as db:
            rows = await db.scalars(
                select(Device)
                .where(
                    Device.user_id == actor.person_id,
                    Device.revoked_at.is_(None),
                    Device.last_used_at > self._units.now - self._refresh_lifetime,
                )
                .order_by(Device.last_used_at.desc(), Device.id)
            )
            return schemas.DeviceList(
                devices=[
                    schemas.DeviceView(
                        id=row.id,
                        created_at=row.created_at,
                        last_used_at=row.last_used_at,
                        address=row.address,
                        user_agent=row.user_agent,
                        is_current=row.id == actor.device_id,
                    )
                    for row in rows
                ]
            )

    async def revoke(self, actor: Actor, device_id: str) -> None:
        """Log one device of the actor out. Raises NotFoundError for any that is not theirs."""
        async with self._units.begin() as unit:
            device = await unit.db.get(Device, known_id(device_id, "device"))
            if device is None or device.user_id != actor.person_id or device.revoked_at is not None:
                raise NotFoundError("There is no such device.")
            await self._end(unit, actor.person_id, [device])

    async def revoke_others(self, actor: Actor) -> None:
        """Log the actor out everywhere but here."""
        async with self._units.begin() as unit:
            live = await self._live(unit.db, actor.person_id)
            await self._end(unit, actor.person_id, [device for device in live if device.id != actor.device_id])

    async def end_all(self, unit: UnitOfWork, user_id: str) -> None:
        """Log somebody out everywhere, as part of a step that changes who may be them."""
        await self._end(unit, user_id, await self._live(unit.db, user_id))

    async def ended(self, device_ids: Collection[str]) -> set[str]:
        """Which of these log-ins have ended, wherever that was done."""
        if not device_ids:
            return set()
        async with self._units.read() as db:
            live = await db.scalars(select(Device.id).where(Device.id.in_(device_ids), Device.revoked_at.is_(None)))
            return set(device_ids) - set(live)

    async def prune(self) -> int:
        """Delete the log-ins that nobody can go on with; returns how many.

        A spent token stays until it would have expired: until then, it coming again ends its log-in.
        """
        # What ended a moment ago may still be in somebody's hands.
        ended = await prune(self._units, Device, Device.revoked_at < self._units.now - _SETTLED)
        # The last access token that a refresh token bought may outlive it.
        longest = timedelta(seconds=self._access_tokens.lifetime_s) + _SETTLED
        await prune(self._units, RefreshToken, RefreshToken.expires_at < self._units.now - longest)
        has_token = select(RefreshToken.id).where(RefreshToken.device_id == Device.id).exists()
        return ended + await prune(self._units, Device, ~has_token)

    async def _live(self, db: AsyncSession, user_id: str) -> Collection[Device]:
        return (await db.scalars(select(Device).where(Device.user_id == user_id, Device.revoked_at.is_(None)))).all()

    async def _end(self, unit: UnitOfWork, user_id: str, devices: Collection[Device]) -> None:
        for device in devices:
            device.revoked_at = unit.now
        if devices:
            await unit.emit(
                LogInsEnded(
                    session_id="",
                    actor_id=user_id,
                    actor_name="",
                    device_ids=tuple(device.id for device in devices),
                )
            )

    async def _new_device(self, unit: UnitOfWork, user_id: str, sender: Sender) -> tuple[Device, str]:
        device = Device(id=new_id(), user_id=user_id, created_at=unit.now)
        _used(device, sender, unit.now)
        unit.db.add(device)
        await unit.db.flush()
        return device, self._new_refresh_token(unit.db, device.id, unit.now)

    def _new_refresh_token(self, db: AsyncSession, device_id: str, now: datetime) -> str:
        token = secrets.token_urlsafe(32)
        db.add(
            RefreshToken(
                device_id=device_id,
                token_hash=_digest(token),
                created_at=now,
                expires_at=now + self._refresh_lifetime,
            )
        )
        return token

    def _grant(self, user: User, device_id: str, refresh_token: str) -> schemas.Grant:
        return schemas.Grant(
            user=schemas.UserView.of(user),
            token=self._access_tokens.issue(user.id, device_id),
            refreshToken=refresh_token,
        )


def _used(device: Device, sender: Sender, now: datetime) -> None:
    device.last_used_at = now
    device.address = sender.address
    device.user_agent = "".join(c for c in sender.user_agent if c.isprintable())[:MAX_USER_AGENT]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
