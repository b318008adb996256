"""Password hashes: argon2id at the library's current advice, computed off the event loop.

Hashes made by bcrypt elsewhere are accepted too, and replaced when their owner next logs in.

A hash's *kind* is its algorithm and cost, which is what makes one slower to check than another. A password that is refused has
been checked against one hash of every kind there is: the stored one, and for the other kinds one that is nobody's. So the time a
refusal takes does not tell which kind is stored, or whether any is.
"""

import asyncio
import re
from collections.abc import Collection

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_BCRYPT = ("$2a$", "$2b$", "$2y$")
_BCRYPT_BYTES = 72
_KIND = re.compile(r"\$2[aby](\$\d\d\$)|\$argon2(?:id|i|d)\$(?:v=\d+\$)?m=\d+,t=\d+,p=\d+\$")
KIND_LENGTH = 34
"""A hash tells its kind within so many characters."""


class Passwords:
    """Hashes and checks passwords; `time_cost` None means the library's advice."""

    def __init__(self, *, time_cost: int | None = None) -> None:
        self._hasher = PasswordHasher() if time_cost is None else PasswordHasher(time_cost=time_cost)
        cost = f"m={self._hasher.memory_cost},t={self._hasher.time_cost},p={self._hasher.parallelism}"
        self.kind = f"$argon2id$v=19${cost}$"
        """Of the hashes that are made now."""

    async def hash(self, password: str) -> str:
        """The hash to store."""
        return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, stored: str | None, *, kinds: Collection[str] = ()) -> bool:
        """Whether `password` is the one behind `stored`, never for None.

        To refuse one takes as long for all of `kinds`, for the present one, and for None.
        """
        return await asyncio.to_thread(self._matches, password, stored, {self.kind, *kinds})

    def _matches(self, password: str, stored: str | None, kinds: set[str]) -> bool:
        own = kind_of(stored) if stored is not None else None
        if stored is not None and own is not None and self._verify(stored, password):
            return True
        for kind in sorted(kinds - {own}):
            self._verify(_nobodys(kind), password)
        return False

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


def kind_of(stored: str) -> str | None:
    """The kind of a hash, or of its beginning; None for what is no hash."""
    found = _KIND.match(stored)
    if found is None:
        return None
    return f"$2b{found[1]}" if found[1] else found[0]


def _nobodys(kind: str) -> str:
    """A hash of this kind that no password has, as far as anybody knows."""
    if kind.startswith(_BCRYPT):
        return f"{kind}{'.' * 53}"
    return f"{kind}{'A' * 22}${'A' * 43}"


def _verify_bcrypt(stored: str, password: bytes) -> bool:
    # bcrypt reads 72 bytes and no NUL: a longer password would match by its beginning, which is no match, and costs as much.
    is_readable = len(password) <= _BCRYPT_BYTES and b"\x00" not in password
    try:
        return bcrypt.checkpw(password if is_readable else b"", stored.encode()) and is_readable
    except ValueError:
        return False
