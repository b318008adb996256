"""Making accounts, logging in and changing the password; the server's owner; guests."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from ...errors import (
    ConflictError,
    GoneError,
    NotAuthenticatedError,
    NotFoundError,
    NotPermittedError,
    WrongPasswordError,
)
from ...storage.pruning import prune
from ...storage.unit_of_work import UnitOfWork, Units
from ..rate_limits import RateLimits
from .actor import NOWHERE, Actor, Sender
from .logins import LogIns
from .models import OWNER_ID, SignInLink, User, UserRole
from .passwords import KIND_LENGTH, Passwords, kind_of
from .schemas import (
    Addition,
    Credentials,
    Grant,
    NewPassword,
    PasswordChange,
    Registration,
    SignInLinkView,
    UserView,
    as_kept,
)

LINK_LIFETIME = timedelta(days=7)
KINDS_BELIEVED_FOR = timedelta(minutes=1)


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
        logins: LogIns,
        limits: RateLimits,
        registration: RegistrationPolicy,
        owner_name: str,
        owner_token: str,
    ) -> None:
        self._units = units
        self._passwords = passwords
        self._logins = logins
        self._limits = limits
        self.registration = registration
        self._owner_name = owner_name
        self._owner_token = owner_token
        self._known_kinds: set[str] = set()
        self._kinds_read_at: datetime | None = None

    async def register(self, wish: Registration, sender: Sender = NOWHERE) -> Grant:
        """Make an account and log it in. Raises NotPermittedError (registration closed), ConflictError (address taken)."""
        if self.registration is RegistrationPolicy.CLOSED:
            raise NotPermittedError("Registration is closed on this server. Ask its admin for an account.")
        await self._limits.login(sender)
        password = await self._passwords.hash(wish.password)
        user = await self._create(wish.name, wish.email, password, UserRole.USER)
        return await self._logins.begin(user, sender)

    async def add(self, actor: Actor, wish: Addition, role: UserRole) -> UserView:
        """Make an account for somebody else; without a password they need a link to set one.

        Raises NotPermittedError unless an admin asks, ConflictError for a taken address.
        """
        if not actor.is_admin:
            raise NotPermittedError("Only an admin can add people.")
        password = await self._passwords.hash(wish.password) if wish.password is not None else None
        return UserView.of(await self._create(wish.name, wish.email, password, role))

    async def sign_in_link(self, actor: Actor, email: str) -> SignInLinkView:
        """A link by which the person with this address sets a password; earlier ones stop working.

        Raises NotPermittedError unless an admin asks, NotFoundError for an unknown address.
        """
        if not actor.is_admin:
            raise NotPermittedError("Only an admin can make sign-in links.")
        token = secrets.token_urlsafe(32)
        async with self._units.begin() as unit:
            user = await unit.db.scalar(select(User).where(User.email == as_kept(email)))
            if user is None:
                raise NotFoundError("There is no account with this address. See: jupyter codewithme users list")
            await _spend_links(unit, user.id)
            link = SignInLink(
                user_id=user.id,
                token_hash=_digest(token),
                created_at=unit.now,
                expires_at=unit.now + LINK_LIFETIME,
            )
            unit.db.add(link)
        # After the #, which no browser sends to any server, so that no log ever has it.
        return SignInLinkView(path=f"codewithme/set-password#{token}", expires_at=link.expires_at)

    async def set_password(self, wish: NewPassword, sender: Sender = NOWHERE) -> Grant:
        """Set the password by a sign-in link, which ends every log-in there was, and log in. Raises GoneError."""
        await self._limits.login(sender)
        gone = GoneError("This link has expired or was used already. Ask the admin for a new one.")
        async with self._units.read() as db:
            link = await db.scalar(select(SignInLink).where(SignInLink.token_hash == _digest(wish.token)))
        if link is None or link.used_at is not None or link.expires_at <= self._units.now:
            raise gone
        password = await self._passwords.hash(wish.password)
        async with self._units.begin() as unit:
            used = await unit.db.execute(
                update(SignInLink)
                .where(SignInLink.id == link.id, SignInLink.used_at.is_(None))
                .values(used_at=unit.now)
                .returning(SignInLink.id)
            )
            if used.scalar_one_or_none() is None:
                raise gone
            user = await unit.db.get_one(User, link.user_id, with_for_update=True)
            _set_password(unit, user, password)
            return await self._logins.begin_anew(unit, user, sender)

    async def prune(self) -> int:
        """Delete the sign-in links that are used or expired; returns how many."""
        is_over = SignInLink.used_at.is_not(None) | (SignInLink.expires_at <= self._units.now)
        return await prune(self._units, SignInLink, is_over)

    async def accounts(self, actor: Actor) -> list[UserView]:
        """Everybody who has an account, oldest first."""
        if not actor.is_admin:
            raise NotPermittedError("Only an admin can list people.")
        async with self._units.read() as db:
            rows = await db.scalars(
                select(User)
                .where(User.role != UserRole.GUEST, User.deleted_at.is_(None))
                .order_by(User.created_at, User.id)
            )
            return [UserView.of(row) for row in rows]

    async def login(self, credentials: Credentials, sender: Sender = NOWHERE) -> Grant:
        """Log in. Raises NotAuthenticatedError, the same and as slowly for an unknown address as for a wrong password."""
        await self._limits.login(sender, credentials.email)
        user = await self._known_by(credentials)
        if await self._renew_hash(user, credentials.password):
            user = await self._known_by(credentials)  # by what is kept now, which may be another log-in's renewal
        return await self._logins.begin(user, sender)

    async def change_password(self, actor: Actor, wish: PasswordChange, sender: Sender = NOWHERE) -> Grant:
        """Change the password, which ends every log-in, and log in anew here. Raises WrongPasswordError."""
        checked = await self.check_password(actor, wish.password, sender)
        password = await self._passwords.hash(wish.new_password)
        async with self._units.begin() as unit:
            user = await unit.db.get_one(User, actor.person_id, with_for_update=True)
            if user.password != checked.password:
                raise WrongPasswordError("The password was changed at this moment. Check it and try again.")
            _set_password(unit, user, password)
            return await self._logins.begin_anew(unit, user, sender)

    async def check_password(self, actor: Actor, password: str, sender: Sender) -> User:
        """The account as it was when its password was found to be right: it is really its person who asks.

        Raises WrongPasswordError, and NotPermittedError where there is no password to know.
        """
        user_id = actor.require_account()
        await self._limits.login(sender, user_id)
        async with self._units.read() as db:
            user = await db.get_one(User, user_id)
        if user.password is None:
            raise NotPermittedError("This account has no password. It belongs to whoever runs the server.")
        if not await self._passwords.matches(password, user.password):
            raise WrongPasswordError("This is not your present password. Check it and try again.")
        return user

    async def login_owner(self, token: str, sender: Sender = NOWHERE) -> Grant:
        """Log the server's owner in by the secret of the start link. Raises NotAuthenticatedError for any other."""
        if not hmac.compare_digest(token.encode(), self._owner_token.encode()):
            raise NotAuthenticatedError(
                "This link is from an earlier start of the server. Use the one it printed when it started."
            )
        return await self._logins.begin(await self._owner(), sender)

    async def admit_guest(self, unit: UnitOfWork, name: str, sender: Sender = NOWHERE) -> Grant:
        """Make a guest called `name` and log their browser in, as part of the step in which an invitation is accepted."""
        guest = User(name=name, role=UserRole.GUEST, updated_at=unit.now)
        unit.db.add(guest)
        return await self._logins.begin_first(unit, guest, sender)

    async def me(self, actor: Actor) -> UserView:
        """The account or guest who asks."""
        async with self._units.glance() as db:
            return UserView.of(await db.get_one(User, actor.person_id))

    async def _create(self, name: str, email: str, password: str | None, role: UserRole) -> User:
        try:
            async with self._units.begin() as unit:
                user = User(name=name, email=email, password=password, role=role, updated_at=unit.now)
                unit.db.add(user)
                await unit.db.flush()
        except IntegrityError as error:
            raise ConflictError("This email address already has an account. Log in instead.") from error
        return user

    async def _known_by(self, credentials: Credentials) -> User:
        async with self._units.read() as db:
            user = await db.scalar(select(User).where(User.email == credentials.email))
        stored = user.password if user else None
        is_right = await self._passwords.matches(credentials.password, stored, kinds=await self._kinds())
        if user is None or not is_right:
            raise NotAuthenticatedError("Email and password do not match. Check both and try again.")
        return user

    async def _kinds(self) -> Collection[str]:
        """The kinds of hashes that accounts have, as of a minute ago; nearly always the present one alone."""
        if self._kinds_read_at is None or self._units.now - self._kinds_read_at > KINDS_BELIEVED_FOR:
            others = (
                select(func.substr(User.password, 1, KIND_LENGTH))
                .where(User.password.not_like(f"{self._passwords.kind}%"))
                .distinct()
            )
            async with self._units.read() as db:
                beginnings = await db.scalars(others)
                self._known_kinds = {kind for one in beginnings if (kind := kind_of(one)) is not None}
            self._kinds_read_at = self._units.now
        return self._known_kinds

    async def _renew_hash(self, user: User, password: str) -> bool:
        """Replace a hash of an older kind, now that its password is known; a change in between wins. Whether it was one."""
        old = user.password
        if old is None or not self._passwords.is_outdated(old):
            return False
        fresh = await self._passwords.hash(password)
        async with self._units.begin() as unit:
            await unit.db.execute(update(User).where(User.id == user.id, User.password == old).values(password=fresh))
        return True

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


def _set_password(unit: UnitOfWork, user: User, password: str) -> None:
    user.password = password
    user.updated_at = unit.now


async def _spend_links(unit: UnitOfWork, user_id: str) -> None:
    await unit.db.execute(
        update(SignInLink).where(SignInLink.user_id == user_id, SignInLink.used_at.is_(None)).values(used_at=unit.now)
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
