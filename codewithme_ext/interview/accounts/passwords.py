"""Password hashes: argon2id at the library's current advice, computed off the event loop.

Hashes made by bcrypt elsewhere are accepted too, and replaced when their owner next logs in.
"""

import asyncio

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# A hash nobody's password has, so that an unknown address takes as long to refuse as a wrong password.
_NOBODYS_PASSWORD = "no account has this address"  # noqa: S105 (not a secret)
_BCRYPT = ("$2a$", "$2b$", "$2y$")
_BCRYPT_BYTES = 72


class Passwords:
    """Hashes and checks passwords; `time_cost` None means the library's advice."""

    def __init__(self, *, time_cost: int | None = None) -> None:
        self._hasher = PasswordHasher() if time_cost is None else PasswordHasher(time_cost=time_cost)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """The hash to store."""
        return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether `password` is the one behind `stored`; as slow for `stored` None, and then always False."""
        if self._nobody is None:
            self._nobody = await self.hash(_NOBODYS_PASSWORD)
        if stored is None:
            await asyncio.to_thread(self._verify, self._nobody, password)
            return False
        return await asyncio.to_thread(self._verify, stored, password)

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made by bcrypt, or at another cost than the present one."""
        if stored.startswith(_BCRYPT):
            return True
        try:
            return self._hasher.check_needs_rehash(stored)
        except InvalidHashError:
            return False

    def _verify(self, stored: str, password: str) -> bool:
        if stored.startswith(_BCRYPT):
            return _verify_bcrypt(stored, password.encode())
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _verify_bcrypt(stored: str, password: bytes) -> bool:
    # bcrypt reads 72 bytes and no NUL: a longer password would match by its beginning, which is no match.
    if len(password) > _BCRYPT_BYTES or b"\x00" in password:
        return False
    try:
        return bcrypt.checkpw(password, stored.encode())
    except ValueError:
        return False
