"""One Yjs document: text or a notebook, what changes it, and what it looks like as a file.

The document in memory is a copy of its history and never more: whatever goes wrong with it (Yjs's library in Rust can fail in
the middle of an update) it is made anew from there.
"""

import json
from asyncio import CancelledError
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import nbformat
from jupyter_ydoc.ynotebook import YNotebook
from pycrdt import Doc, Map, Text, TransactionEvent, get_update

from .differences import replacements
from .models import DocumentKind
from .updates import UnreadableUpdateError, clocks_of, fitting

NOTHING = b"\0\0"
"""The update in which nothing changes."""
EMPTY_STATE = b"\0"


class BrokenDocumentError(Exception):
    """The document failed in the middle of an update and must be made anew."""


class UnusableContentError(Exception):
    """The file does not hold what its kind needs; says why."""


@dataclass(slots=True)
class Applied:
    """What became of an update."""

    new: bytes | None
    """What is new in it."""
    is_missing: bool
    """Whether there was more, which needs something that has not arrived."""
    is_refused: bool
    """Whether there was something new of a client that is refused; what needs it was left out as well."""
    begun: list[int]
    """The clients that have written for the first time."""


class SharedDocument:
    """A document in memory."""

    def __init__(self, kind: DocumentKind) -> None:
        self.kind = kind
        self._doc: Doc[Any] = Doc()
        self._state = self._doc.get("state", type=Map)
        self._text = self._doc.get("source", type=Text) if kind is DocumentKind.FILE else None
        self._changes: list[bytes] = []
        self._known: dict[int, int] = {}
        """The state vector, so that it need not be asked for with each key."""
        self._subscription = self._doc.observe(self._changed)

    def replay(self, updates: Iterable[bytes]) -> None:
        """Take over a history. Raises UnreadableUpdateError at the first that is no update, with those before it applied."""
        with self._doc.transaction():
            for update in updates:
                self._apply(update)
        self._changes.clear()
        self._know_anew()

    def apply(self, update: bytes, is_refused: Callable[[int], bool] = lambda _: False) -> Applied:
        """Take what fits of an update, without anything new of clients that are refused.

        Raises UnreadableUpdateError, BrokenDocumentError.
        """
        fits = fitting(update, self._known, is_refused)
        new = None if fits.update is None else self._take(fits.update)
        if new == fits.update:
            self._known.update(fits.clocks)
        else:
            self._know_anew()
        return Applied(new, fits.is_missing, bool(fits.refused), fits.begun)

    def _take(self, update: bytes) -> bytes | None:
        self._changes.clear()
        self._apply(update)
        new = self._taken()
        if new == update:
            return new
        rest = self._unknown_rest(update)
        if rest is None:
            return new
        return rest if new is None else update

    def edit(self, change: Callable[[], None]) -> bytes | None:
        """Do something to the document in one transaction; returns the update that says what."""
        self._changes.clear()
        with self._doc.transaction():
            change()
        new = self._taken()
        if new is not None:
            self._know_anew()
        return new

    def state(self) -> bytes:
        """The state vector: what of whom is known."""
        state: bytes = self._doc.get_state()
        return state

    def update_since(self, state: bytes = EMPTY_STATE) -> bytes:
        """Everything that somebody with that state lacks. Raises UnreadableUpdateError for what is no state."""
        try:
            update: bytes = self._doc.get_update(state)
        except (KeyboardInterrupt, SystemExit, CancelledError):
            raise
        except BaseException as error:  # a panic of pycrdt's is no Exception
            raise UnreadableUpdateError(str(error)) from error
        return update

    def content(self) -> str:
        """What the file holds."""
        if self._text is not None:
            return str(self._text)
        return _notebook_text(YNotebook(self._doc).get(deduplicate=False))  # it would change the document

    def set_content(self, content: str) -> bytes | None:
        """Make the document hold `content`, with the smallest edits; returns the update. Raises UnusableContentError."""
        if self._text is None:
            cells, notebook = YNotebook(self._doc), _read_notebook(content)
            return self.edit(lambda: cells.set(notebook))
        return self.edit(lambda: self._set_text(content))

    def set_state(self, **values: Any) -> bytes | None:
        """Tell editors something about the document that is not its content; unchanged values are told again."""
        return self.edit(lambda: self._state.update(values))

    def state_value(self, name: str) -> Any:
        """What editors have been told."""
        return self._state.get(name)

    def close(self) -> None:
        """Free what Rust holds."""
        self._doc.unobserve(self._subscription)

    def _set_text(self, content: str) -> None:
        assert self._text is not None
        old = str(self._text)
        is_ascii = old.isascii()
        for part in reversed(replacements(old, content)):
            start, end = part.start, part.end
            if not is_ascii:  # Yjs's positions here are bytes of UTF-8
                start, end = len(old[:start].encode()), len(old[:end].encode())
            if end > start:
                del self._text[start:end]
            if part.text:
                self._text.insert(start, part.text)

    def _apply(self, update: bytes) -> None:
        try:
            self._doc.apply_update(update)
        except (KeyboardInterrupt, SystemExit, CancelledError):
            raise
        except ValueError as error:  # it could not be decoded, so nothing was done
            raise UnreadableUpdateError(str(error)) from error
        except BaseException as error:
            raise BrokenDocumentError(str(error)) from error

    def _know_anew(self) -> None:
        self._known = clocks_of(self.state())

    def _unknown_rest(self, update: bytes) -> bytes | None:
        """What of the update is not part of the document even after it was applied; None if all of it is."""
        try:
            rest: bytes = get_update(update, self._doc.get_state())
        except (KeyboardInterrupt, SystemExit, CancelledError):
            raise
        except BaseException as error:
            raise BrokenDocumentError(str(error)) from error
        if rest[:1] != b"\0":
            return update
        deleted = _deletions(rest)
        if not deleted:
            return None
        known = _deletions(self._doc.get_update(self._doc.get_state()))
        return None if known is not None and _covers(known, deleted) else update

    def _taken(self) -> bytes | None:
        changes, self._changes = self._changes, []
        changes = [change for change in changes if change != NOTHING]
        if not changes:
            return None
        # One call is one transaction; more than one change would mean that an observer wrote, and there is none.
        assert len(changes) == 1
        return changes[0]

    def _changed(self, event: TransactionEvent) -> None:
        self._changes.append(event.update)


def _deletions(update: bytes) -> dict[int, list[tuple[int, int]]] | None:
    """What an update without new content deletes: ranges of clocks by client. None for an update with content."""
    numbers = _numbers(update)
    if next(numbers) != 0:
        return None
    found: dict[int, list[tuple[int, int]]] = {}
    for _ in range(next(numbers)):
        client = next(numbers)
        found[client] = [(start, start + length) for start, length in _pairs(numbers, next(numbers))]
    return found


def _pairs(numbers: Any, count: int) -> list[tuple[int, int]]:
    return [(next(numbers), next(numbers)) for _ in range(count)]


def _numbers(data: bytes) -> Any:
    number = shift = 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield number
            number = shift = 0


def _covers(known: dict[int, list[tuple[int, int]]], deleted: dict[int, list[tuple[int, int]]]) -> bool:
    for client, ranges in deleted.items():
        merged = _merged(known.get(client, []))
        for start, end in ranges:
            if end > start and not any(low <= start and end <= high for low, high in merged):
                return False
    return True


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _read_notebook(content: str) -> dict[str, Any]:
    try:
        plain = json.loads(content) if content.strip() else nbformat.v4.new_notebook()
        if not isinstance(plain, dict):
            raise UnusableContentError("It is no notebook: its JSON is not an object.")
        notebook: dict[str, Any] = nbformat.reads(json.dumps(plain), as_version=4)
        nbformat.validate(notebook, relax_add_props=True)
    except (ValueError, RecursionError, nbformat.ValidationError, AttributeError, KeyError, TypeError) as error:
        raise UnusableContentError(f"It is no notebook that can be read: {str(error).splitlines()[0]}") from error
    plain_again: dict[str, Any] = json.loads(json.dumps(notebook))
    return plain_again


def _notebook_text(notebook: dict[str, Any]) -> str:
    text: str = nbformat.writes(nbformat.from_dict(notebook), version=nbformat.NO_CONVERT)
    return text if text.endswith("\n") else text + "\n"
