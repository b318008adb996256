"""Registering, logging in and staying logged in; the server's owner; guests."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ...errors import ConflictError, NotAuthenticatedError, NotPermittedError
from ...storage.base import new_id
from ...storage.unit_of_work import Units
from .actor import Actor
from .models import OWNER_ID, RefreshToken, User, UserRole
from .passwords import Passwords
from .schemas import AccessToken, Credentials, Grant, Registration, UserView
from .tokens import AccessTokens


class RegistrationPolicy(StrEnum):
    """Who may make an account."""

    OPEN = "open"
    CLOSED = "closed"


class AccountService:
    """Use cases of accounts. Hashing happens outside of transactions: it is slow on purpose."""

    def __init__(
        self,
        units: Units,
        *,
        passwords: Passwords,
        access_tokens: AccessTokens,
        refresh_lifetime_s: int,
        registration: RegistrationPolicy,
        owner_name: str,
        owner_token: str,
    ) -> None:
        self._units = units
        self._passwords = passwords
        self._access_tokens = access_tokens
        self._refresh_lifetime = timedelta(seconds=refresh_lifetime_s)
        self.registration = registration
        self._owner_name = owner_name
        self._owner_token = owner_token

    async def register(self, wish: Registration) -> Grant:
        """Make an account and log it in. Raises NotPermittedError (registration closed), ConflictError (address taken)."""
        if self.registration is RegistrationPolicy.CLOSED:
            raise NotPermittedError("Registration is closed on this server. Ask its admin for an account.")
        return await self._grant(await self._create(wish, UserRole.USER))

    async def add(self, actor: Actor, wish: Registration, role: UserRole) -> UserView:
        """Make an account for somebody else. Raises NotPermittedError unless an admin asks, ConflictError for a taken address."""
        if not actor.is_admin:
            raise NotPermittedError("Only an admin can add people.")
        return UserView.of(await self._create(wish, role))

    async def accounts(self, actor: Actor) -> list[UserView]:
        """Everybody who has an account, oldest first."""
        if not actor.is_admin:
            raise NotPermittedError("Only an admin can list people.")
        async with self._units.read() as db:
            rows = await db.scalars(select(User).where(User.role != UserRole.GUEST).order_by(User.created_at, User.id))
            return [UserView.of(row) for row in rows]

    async def login(self, credentials: Credentials) -> Grant:
        """Log in. Raises NotAuthenticatedError, the same and as slowly for an unknown address as for a wrong password."""
        async with self._units.read() as db:
            user = await db.scalar(select(User).where(User.email == credentials.email))
        is_right = await self._passwords.matches(credentials.password, user.password if user else None)
        if user is None or not is_right:
            raise NotAuthenticatedError("Email and password do not match. Check both and try again.")
        return await self._grant(user)

    async def login_owner(self, token: str) -> Grant:
        """Log the server's owner in by the secret of the start link. Raises NotAuthenticatedError for any other."""
        if not hmac.compare_digest(token.encode(), self._owner_token.encode()):
            raise NotAuthenticatedError(
                "This link is from an earlier start of the server. Use the one it printed when it started."
            )
        return await self._grant(await self._owner())

    async def admit_guest(self, name: str) -> Grant:
        """Make a guest called `name` and log their browser in; called when an invitation has been accepted."""
        async with self._units.begin() as unit:
            guest = User(name=name, role=UserRole.GUEST, updated_at=unit.now)
            unit.db.add(guest)
        return await self._grant(guest)

    async def refresh(self, token: str) -> Grant:
        """Trade a refresh token for a new pair. A spent one that comes again revokes its whole family."""
        async with self._units.begin() as unit:
            row = await unit.db.scalar(select(RefreshToken).where(RefreshToken.token_hash == _digest(token)))
            if row is None or row.revoked_at is not None or row.expires_at <= unit.now:
                raise NotAuthenticatedError("This log-in has ended. Log in again.")
            # One statement decides who spends it, so that two at once cannot both succeed.
            spent = await unit.db.execute(
                update(RefreshToken)
                .where(RefreshToken.id == row.id, RefreshToken.spent_at.is_(None))
                .values(spent_at=unit.now)
                .returning(RefreshToken.id)
            )
            is_first_use = spent.scalar_one_or_none() is not None
            if not is_first_use:
                await _revoke_family(unit.db, row.family_id, unit.now)
            user = await unit.db.get_one(User, row.user_id)
            fresh = self._new_refresh_token(unit.db, user.id, row.family_id, unit.now) if is_first_use else None
        if fresh is None:
            raise NotAuthenticatedError("This log-in was used twice and has been ended to be safe. Log in again.")
        return Grant(user=UserView.of(user), token=self._access_tokens.issue(user.id), refreshToken=fresh)

    async def logout(self, token: str) -> None:
        """End the log-in that `token` belongs to; an unknown token is no error: the aim is reached."""
        async with self._units.begin() as unit:
            row = await unit.db.scalar(select(RefreshToken).where(RefreshToken.token_hash == _digest(token)))
            if row is not None:
                await _revoke_family(unit.db, row.family_id, unit.now)

    async def me(self, actor: Actor) -> UserView:
        """The account or guest who asks."""
        async with self._units.read() as db:
            return UserView.of(await db.get_one(User, actor.person_id))

    def access_token(self, actor: Actor) -> AccessToken:
        """A fresh access token for somebody already logged in."""
        return AccessToken(token=self._access_tokens.issue(actor.person_id), expiresIn=self._access_tokens.lifetime_s)

    async def authenticate(self, token: str) -> Actor:
        """Who sent this access token. Raises NotAuthenticatedError for a bad token and for a person who is gone."""
        claims = self._access_tokens.check(token)
        async with self._units.read() as db:
            user = await db.get(User, claims.user_id)
        if user is None:
            raise NotAuthenticatedError("The account behind this token is gone. Log in again.")
        return Actor(user_id=user.id, name=user.name, role=user.role)

    @property
    def access_lifetime_s(self) -> int:
        """How long an access token lives, in seconds."""
        return self._access_tokens.lifetime_s

    @property
    def refresh_lifetime_s(self) -> int:
        """How long a log-in lives without being used, in seconds."""
        return int(self._refresh_lifetime.total_seconds())

    async def _create(self, wish: Registration, role: UserRole) -> User:
        password = await self._passwords.hash(wish.password)
        try:
            async with self._units.begin() as unit:
                user = User(name=wish.name, email=wish.email, password=password, role=role, updated_at=unit.now)
                unit.db.add(user)
                await unit.db.flush()
        except IntegrityError as error:
            raise ConflictError("This email address already has an account. Log in instead.") from error
        return user

    async def _owner(self) -> User:
        try:
            async with self._units.begin() as unit:
                owner = await unit.db.get(User, OWNER_ID)
                if owner is None:
                    owner = User(id=OWNER_ID, name=self._owner_name, role=UserRole.ADMIN, updated_at=unit.now)
                    unit.db.add(owner)
            return owner
        except IntegrityError:
            return await self._owner()

    async def _grant(self, user: User) -> Grant:
        async with self._units.begin() as unit:
            refresh_token = self._new_refresh_token(unit.db, user.id, new_id(), unit.now)
        return Grant(user=UserView.of(user), token=self._access_tokens.issue(user.id), refreshToken=refresh_token)

    def _new_refresh_token(self, db: AsyncSession, user_id: str, family_id: str, now: datetime) -> str:
        token = secrets.token_urlsafe(32)
        db.add(
            RefreshToken(
                user_id=user_id,
                family_id=family_id,
                token_hash=_digest(token),
                created_at=now,
                expires_at=now + self._refresh_lifetime,
            )
        )
        return token


async def _revoke_family(db: AsyncSession, family_id: str, now: datetime) -> None:
    await db.execute(
        update(RefreshToken)
        .where(RefreshToken.family_id == family_id, RefreshToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
