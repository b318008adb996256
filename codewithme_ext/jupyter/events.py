"""Jupyter's own events, which Lab subscribes to: a confined person hears of the files of their sessions alone."""

from typing import Any

from jupyter_events import EventLogger
from jupyter_server.services.events.handlers import SubscribeWebsocket

from .access import access_to
from .connections import Holder, connections_of
from .files import place_of
from .identity import actor_of
from .rooms import CLOSE_REFUSED

_PATHS = ("path", "source_path")


class OwnEvents(SubscribeWebsocket):
    """One browser's subscription."""

    _is_cut = False

    def open(self) -> None:
        """Subscribe."""
        actor = actor_of(self)
        assert actor is not None  # the gate has let nobody else through
        connections_of(self).add(self, Holder(None, actor.person_id, actor.device_id))
        super().open()

    async def event_listener(self, logger: EventLogger, schema_id: str, data: dict[str, Any]) -> None:
        """To the browser, if it is about something its person may see at this moment."""
        if not self._is_cut and await self._may_hear(data):
            await super().event_listener(logger, schema_id, data)

    def on_message(self, message: str | bytes) -> None:
        """Nothing is taken from the browser."""

    def on_close(self) -> None:
        """Unsubscribe."""
        connections_of(self).remove(self)
        super().on_close()

    def cut(self, reason: str) -> None:
        """Nothing more; Lab connects again, and hears what is left to hear."""
        self._is_cut = True
        self.close(CLOSE_REFUSED, reason)

    async def rights_changed(self) -> None:
        """What may be heard is decided for each event."""

    async def _may_hear(self, data: dict[str, Any]) -> bool:
        actor = actor_of(self)
        if actor is None or actor.is_admin:
            return actor is not None
        paths = [data[name] for name in _PATHS if data.get(name)]
        places = [place_of(path) for path in paths]
        for place in places:
            if place is None or await access_to(self, actor, place.session_id) is None:
                return False
        return bool(places)
