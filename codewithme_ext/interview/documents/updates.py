"""What is in a Yjs update: read with suspicion, and cut down to what fits a document.

Theory of operation. An update holds for each client that wrote something a run of structs, numbered by that client's clock, and
ranges of clocks that are deleted. A struct may name others: what it stands after and before, what it is part of. An update *fits*
a document that knows all of these and every earlier clock. Yjs keeps what does not fit until the rest has come; its library in Rust
loses some of it (y-crdt issue 632). So it gets only what fits, and whoever sent more is asked for the rest.

Noise is refused here as well, before that library sees it: values that are nested deeply enough overflow its stack, which ends
the process, and a string that is not UTF-8 or not JSON would break every browser that gets it.

The format is that of version 1, `src/utils/encoding.js` and `src/structs/Item.js` of Yjs.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NoReturn

from pycrdt import write_var_uint

MAX_NESTING = 100
_MAX_CLIENT = 2**53
_MAX_CLOCK = 2**31
_GC, _DELETED, _JSON, _BINARY, _STRING, _EMBED, _FORMAT, _TYPE, _ANY, _DOC, _SKIP = range(11)
_NAMED_TYPES, _LAST_TYPE = (3, 5), 6
"""XML elements and hooks have a name; the last type is XML text."""

Id = tuple[int, int]
"""A client and its clock."""


class UnreadableUpdateError(Exception):
    """It is no update; the document is as before."""


@dataclass(slots=True)
class _Piece:
    """Structs that follow each other, of which only the first needs something of other clients."""

    needs: tuple[Id, ...]
    is_hole: bool
    count: int = 0
    end: int = 0
    """The clock after it."""
    ends_at: int = 0
    """Where in the update."""


@dataclass(slots=True)
class _Run:
    """What one client wrote."""

    client: int
    clock: int
    starts_at: int
    pieces: list[_Piece]
    taken: int = 0


@dataclass(slots=True)
class Fitting:
    """What of an update a document can take."""

    update: bytes | None
    """The update itself if all of it fits; None if nothing does."""
    clocks: dict[int, int]
    """What will be known of the clients in it."""
    is_missing: bool = False
    """Whether there is more, which needs something that is not there."""
    refused: list[int] = field(default_factory=list)
    """The clients of which there is something new that may not be taken."""
    begun: list[int] = field(default_factory=list)
    """The clients of which this is the very first."""


def fitting(update: bytes, known: Mapping[int, int], is_refused: Callable[[int], bool]) -> Fitting:
    """What of an update fits a document that knows the clocks `known`, without new structs of clients that are refused.

    Raises UnreadableUpdateError.
    """
    key = _key(update, known)
    if key is not None and not is_refused(key[0]):
        return Fitting(update, {key[0]: key[1]})
    runs, deleted = _runs(update)
    clocks: dict[int, int] = {}
    found = Fitting(update, clocks)
    found.refused = [
        run.client for run in runs if run.pieces[-1].end > known.get(run.client, 0) and is_refused(run.client)
    ]
    taken = [run for run in runs if run.client not in found.refused] if found.refused else runs
    _take(taken, known, clocks)
    found.begun = [run.client for run in taken if run.taken and run.client not in known]

    def clock(client: int) -> int:
        return clocks.get(client, known.get(client, 0))

    is_all = not found.refused and all(run.taken == len(run.pieces) for run in runs)
    if is_all and all(end <= clock(client) for client, _, end in deleted):
        return found
    found.is_missing = not found.refused
    kept = [(client, start, min(end, clock(client))) for client, start, end in deleted]
    found.update = _written(update, taken, [(client, start, end) for client, start, end in kept if start < end])
    return found


def clients_in(update: bytes) -> list[int]:
    """The clients that wrote something in it. Raises UnreadableUpdateError."""
    return [run.client for run in _runs(update)[0]]


def clocks_of(state: bytes) -> dict[int, int]:
    """A state vector: what is known of each client. Raises UnreadableUpdateError."""
    try:
        reader = _Reader(state)
        clocks = {reader.uint(_MAX_CLIENT): reader.uint(_MAX_CLOCK) for _ in range(reader.count())}
        reader.end()
    except (IndexError, ValueError) as error:
        raise UnreadableUpdateError(str(error)) from error
    return clocks


def _key(update: bytes, known: Mapping[int, int]) -> Id | None:
    """The client and its next clock, if this is what nearly every key is: the next few characters, beside something known.

    What `_read` and `_take` find out in four times as long; None for everything else.
    """
    if update[:2] != b"\1\1" or update[-1] != 0:
        return None
    try:
        client, at = _uint(update, 2)
        clock, at = _uint(update, at)
        info = update[at]
        if info & 0x1F != _STRING or not info & 0xC0 or not 0 < clock == known.get(client):
            return None
        at += 1
        for bit in (0x80, 0x40):
            if info & bit:
                other, at = _uint(update, at)
                place, at = _uint(update, at)
                if place >= known.get(other, 0):
                    return None
        length, at = _uint(update, at)
    except IndexError:
        return None
    end = clock + length
    is_whole = length > 0 and at + length + 1 == len(update) and end <= _MAX_CLOCK
    return (client, end) if is_whole and update[at:].isascii() else None


def _uint(data: bytes, at: int) -> tuple[int, int]:
    byte = data[at]
    if byte < 0x80:
        return byte, at + 1
    number = shift = 0
    while byte > 0x7F:
        number |= (byte & 0x7F) << shift
        shift += 7
        at += 1
        byte = data[at]
    return number | byte << shift, at + 1


def _take(runs: list[_Run], known: Mapping[int, int], clocks: dict[int, int]) -> None:
    """Mark what fits in each run; what waits for another client is looked at again when that has come far enough."""
    waiting: dict[int, list[tuple[int, int]]] = {}
    queue = deque(range(len(runs)))
    while queue:
        number = queue.popleft()
        run = runs[number]
        client, before = run.client, known.get(run.client, 0)
        have = clocks.get(client, before)
        if run.clock > have:
            continue
        while run.taken < len(run.pieces):
            piece = run.pieces[run.taken]
            if piece.is_hole and piece.end > have:
                break
            lacking = next((id for id in piece.needs if id[1] >= clocks.get(id[0], known.get(id[0], 0))), None)
            if lacking is not None:
                need, at = lacking
                if need != client:
                    heappush(waiting.setdefault(need, []), (at, number))
                break
            run.taken += 1
            if piece.end > have:
                clocks[client] = have = piece.end
        waiters = waiting.get(client)
        while waiters and waiters[0][0] < have:
            queue.append(heappop(waiters)[1])


def _written(update: bytes, runs: Iterable[_Run], deleted: list[tuple[int, int, int]]) -> bytes | None:
    runs = [run for run in runs if run.taken]
    if not runs and not deleted:
        return None
    parts = [write_var_uint(len(runs))]
    for run in runs:
        pieces = run.pieces[: run.taken]
        count = sum(piece.count for piece in pieces)
        parts += write_var_uint(count), write_var_uint(run.client), write_var_uint(run.clock)
        parts.append(update[run.starts_at : pieces[-1].ends_at])
    ranges: dict[int, list[tuple[int, int]]] = {}
    for client, start, end in deleted:
        ranges.setdefault(client, []).append((start, end))
    parts.append(write_var_uint(len(ranges)))
    for client, pairs in ranges.items():
        parts += write_var_uint(client), write_var_uint(len(pairs))
        for start, end in pairs:
            parts += write_var_uint(start), write_var_uint(end - start)
    return b"".join(parts)


def _runs(update: bytes) -> tuple[list[_Run], list[tuple[int, int, int]]]:
    try:
        return _read(_Reader(update))
    except (IndexError, ValueError, RecursionError) as error:
        raise UnreadableUpdateError(str(error)) from error


def _read(reader: "_Reader") -> tuple[list[_Run], list[tuple[int, int, int]]]:
    runs = [_read_run(reader) for _ in range(reader.count())]
    if len(runs) > 1 and len({run.client for run in runs}) < len(runs):
        _refuse("a client is there twice")
    deleted = []
    for _ in range(reader.count()):
        client = reader.uint(_MAX_CLIENT)
        for _ in range(reader.count()):
            start = reader.uint(_MAX_CLOCK)
            deleted.append((client, start, start + reader.uint(_MAX_CLOCK)))
    reader.end()
    return runs, deleted


def _read_run(reader: "_Reader") -> _Run:
    count, starts_at = reader.count(), reader.at
    client = reader.uint(_MAX_CLIENT)
    own = reader.since(starts_at)
    clock = reader.uint(_MAX_CLOCK)
    run = _Run(client, clock, reader.at, [])
    piece = _Piece((), is_hole=False)
    for _ in range(count):
        info = reader.byte()
        content = info & 0x1F
        needs = () if content in (_GC, _SKIP) else _read_needs(reader, info, own, client, clock)
        length = _read_length(reader, content)
        if needs or content == _SKIP or piece.is_hole or not run.pieces:
            piece = _Piece(needs, is_hole=content == _SKIP)
            run.pieces.append(piece)
        clock += length
        if not length or clock > _MAX_CLOCK:
            _refuse("a struct has no length, or is too long")
        piece.count += 1
        piece.end, piece.ends_at = clock, reader.at
    if not count:
        _refuse("a client wrote nothing")
    return run


def _read_needs(reader: "_Reader", info: int, own: bytes, client: int, clock: int) -> tuple[Id, ...]:
    """What a struct needs of others; earlier ones of its own client go without saying."""
    needs: tuple[Id, ...] = ()
    if info & 0xC0:
        for bit in (0x80, 0x40):  # after what, before what
            if info & bit:
                other = client if reader.skips(own) else reader.uint(_MAX_CLIENT)
                at = reader.uint(_MAX_CLOCK)
                if other != client or at >= clock:
                    needs = (*needs, (other, at))
        return needs
    if reader.uint(1):
        reader.text()  # the name of a root
    else:
        needs = ((reader.uint(_MAX_CLIENT), reader.uint(_MAX_CLOCK)),)
    if info & 0x20:
        reader.text()  # a key in a map
    return needs


def _read_length(reader: "_Reader", content: int) -> int:
    """Read a struct's content; returns how many clocks it has."""
    match content:
        case 4:  # _STRING, by far the most
            text = reader.text()
            return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
        case 0 | 1 | 10:  # _GC, _DELETED, _SKIP
            return reader.uint(_MAX_CLOCK)
        case 2:  # _JSON
            count = reader.count()
            for _ in range(count):
                text = reader.text()
                if text != "undefined":
                    _check_json(text)
            return count
        case 8:  # _ANY
            count = reader.count()
            for _ in range(count):
                reader.anything()
            return count
        case 3:  # _BINARY
            reader.blob()
        case 5:  # _EMBED
            _check_json(reader.text())
        case 6:  # _FORMAT
            reader.text()
            _check_json(reader.text())
        case 7:  # _TYPE
            if reader.uint(_LAST_TYPE) in _NAMED_TYPES:
                reader.text()
        case 9:  # _DOC
            reader.text()
            reader.anything()
        case _:
            _refuse("there is no such content")
    return 1


def _check_json(text: str) -> None:
    json.loads(text, parse_constant=_refuse)


def _refuse(reason: str) -> NoReturn:
    raise ValueError(reason)


class _Reader:
    """Reads lib0's encoding. Raises IndexError or ValueError for what is none."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def since(self, start: int) -> bytes:
        return self._data[start : self.at]

    def skips(self, expected: bytes) -> bool:
        """Whether these bytes are next, which are behind us then."""
        if not self._data.startswith(expected, self.at):
            return False
        self.at += len(expected)
        return True

    def byte(self) -> int:
        byte = self._data[self.at]
        self.at += 1
        return byte

    def uint(self, most: int) -> int:
        data, at = self._data, self.at
        byte = data[at]
        at += 1
        if byte < 0x80:
            self.at = at
            if byte > most:
                _refuse("a number is too large")
            return byte
        number, shift = byte & 0x7F, 7
        while byte > 0x7F:
            byte = data[at]
            at += 1
            number |= (byte & 0x7F) << shift
            shift += 7
            if shift > 63:
                _refuse("a number is too large")
        self.at = at
        if number > most:
            _refuse("a number is too large")
        return number

    def count(self) -> int:
        """How many things follow; each has at least one byte."""
        return self.uint(len(self._data) - self.at)

    def blob(self) -> bytes:
        length = self.uint(len(self._data))
        start = self.at
        self.at = start + length
        if self.at > len(self._data):
            _refuse("there is less than there should be")
        return self._data[start : self.at]

    def text(self) -> str:
        return self.blob().decode()

    def end(self) -> None:
        if self.at != len(self._data):
            _refuse("there is more than there should be")

    def anything(self, depth: int = 0) -> None:
        """A value as JavaScript has them."""
        if depth > MAX_NESTING:
            _refuse("values are nested too deeply")
        match self.byte():
            case 127 | 126 | 121 | 120:  # undefined, null, false, true
                pass
            case 125:  # a whole number
                while self.byte() > 0x7F:
                    pass
            case 124:
                self._skip(4)
            case 123 | 122:
                self._skip(8)
            case 119:
                self.text()
            case 118:  # an object
                for _ in range(self.count()):
                    self.text()
                    self.anything(depth + 1)
            case 117:  # an array
                for _ in range(self.count()):
                    self.anything(depth + 1)
            case 116:
                self.blob()
            case _:
                _refuse("there is no such value")

    def _skip(self, length: int) -> None:
        self.at += length
        if self.at > len(self._data):
            _refuse("there is less than there should be")
