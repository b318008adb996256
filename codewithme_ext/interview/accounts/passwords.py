"""Password hashes: argon2id at the library's current advice, computed off the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# A hash nobody's password has, so that an unknown address takes as long to refuse as a wrong password.
_NOBODYS_PASSWORD = "no account has this address"  # noqa: S105 (not a secret)


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
        if stored is None:
            if self._nobody is None:
                self._nobody = await self.hash(_NOBODYS_PASSWORD)
            await asyncio.to_thread(self._verify, self._nobody, password)
            return False
        return await asyncio.to_thread(self._verify, stored, password)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
