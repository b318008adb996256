"""Access tokens: JWTs (RFC 7519) signed with HS256, with the algorithm and the required claims pinned."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import jwt

from ...errors import NotAuthenticatedError, NotFoundError
from ..wire import known_id

ALGORITHM = "HS256"
AUDIENCE = "codewithme"
LEEWAY_S = 30
_REQUIRED = ["sub", "dev", "iat", "exp", "jti", "aud", "typ"]


@dataclass(frozen=True)
class AccessClaims:
    """What a valid access token says; everything else about the person is read from the database."""

    user_id: str
    device_id: str
    expires_at: datetime


class AccessTokens:
    """Issues and checks access tokens that live `lifetime_s` seconds."""

    def __init__(self, *, secret: str, lifetime_s: int, clock: Callable[[], datetime]) -> None:
        self._secret = secret
        self.lifetime_s = lifetime_s
        self._clock = clock

    def issue(self, user_id: str, device_id: str, *, expires_at: datetime | None = None) -> str:
        """A token for a log-in of `user_id`, valid from now on for the usual time or until `expires_at`."""
        now = self._clock()
        claims = {
            "sub": user_id,
            "dev": device_id,
            "iat": now,
            "exp": expires_at or now + timedelta(seconds=self.lifetime_s),
            "jti": str(uuid4()),
            "aud": AUDIENCE,
            "typ": "access",
        }
        return jwt.encode(claims, self._secret, ALGORITHM)

    def check(self, token: str) -> AccessClaims:
        """What `token` says. Raises NotAuthenticatedError for anything that is not a live access token of ours."""
        try:
            # The times are checked against our clock below: PyJWT's own cannot be moved by a test.
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
            )
            user_id, device_id = known_id(claims["sub"], "person"), known_id(claims["dev"], "log-in")
            expires_at = datetime.fromtimestamp(float(claims["exp"]), tz=self._clock().tzinfo)
        except (jwt.PyJWTError, NotFoundError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise NotAuthenticatedError("This token is not one of ours. Log in again.") from error
        if claims["typ"] != "access":
            raise NotAuthenticatedError("This token is not an access token. Log in again.")
        if self._clock() > expires_at + timedelta(seconds=LEEWAY_S):
            raise NotAuthenticatedError("This token has expired. Refresh it, or log in again.")
        return AccessClaims(user_id=user_id, device_id=device_id, expires_at=expires_at)
