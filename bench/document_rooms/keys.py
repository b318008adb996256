"""Keystrokes as Yjs encodes them, written and read by hand: a tenth of the time a whole document takes for each typist.

An update (version 1) is: the number of clients; for each the number of its structs, its id, the first clock and the structs;
then the deletions. A struct that holds text is an information byte, where it stands (the character to its left, or the name
of the text it is the first of), and the text. Numbers are variable-length. See `UpdateEncoderV1` and `ContentString` of Yjs.
"""

DOCUMENT, ASK, ANSWER, UPDATE = 0, 0, 1, 2
_CONTENT, _TEXT = 0x1F, 4
_HAS_LEFT, _HAS_RIGHT, _HAS_PARENT_KEY = 0x80, 0x40, 0x20
ASK_FOR_ALL = bytes([DOCUMENT, ASK, 1, 0])
"""Sync step 1 of somebody who has nothing."""
HAS_NOTHING = bytes([DOCUMENT, ANSWER, 2, 0, 0])
"""Sync step 2 of somebody who has nothing."""


class Keyboard:
    """Somebody who types at the end of what they typed before."""

    def __init__(self, client_id: int, text: str = "source") -> None:
        self.client_id = client_id
        self.typed = 0
        self._id = number(client_id)
        self._first = bytes([_TEXT, 1]) + blob(text.encode())

    def key(self, character: bytes = b"k") -> bytes:
        """The message of the next keystroke."""
        left = bytes([_TEXT | _HAS_LEFT]) + self._id + number(self.typed - 1) if self.typed else self._first
        update = b"\1\1" + self._id + number(self.typed) + left + blob(character) + b"\0"
        self.typed += 1
        return bytes([DOCUMENT, UPDATE]) + blob(update)


def keys_in(message: bytes) -> list[tuple[int, int, int]]:
    """The client, first clock and number of the characters in an update message, up to the first struct that is no text.

    Jupyter's servers write what they know of the file into the document too, each in an update of its own.
    """
    if message[:2] not in (bytes([DOCUMENT, UPDATE]), bytes([DOCUMENT, ANSWER])):
        return []
    _, at = _number(message, 2)
    clients, at = _number(message, at)
    found = []
    for _ in range(clients):
        structs, at = _number(message, at)
        client, at = _number(message, at)
        clock, at = _number(message, at)
        for _ in range(structs):
            if message[at] & _CONTENT != _TEXT:
                return found
            length, at = _text_length(message, at)
            found.append((client, clock, length))
            clock += length
    return found


def number(value: int) -> bytes:
    """A variable-length number."""
    out = bytearray()
    while value > 0x7F:
        out.append(0x80 | value & 0x7F)
        value >>= 7
    out.append(value)
    return bytes(out)


def blob(data: bytes) -> bytes:
    """Bytes behind their length."""
    return number(len(data)) + data


def _text_length(message: bytes, at: int) -> tuple[int, int]:
    info = message[at]
    at += 1
    for side in (_HAS_LEFT, _HAS_RIGHT):
        if info & side:
            _, at = _number(message, at)
            _, at = _number(message, at)
    if not info & (_HAS_LEFT | _HAS_RIGHT):
        is_name, at = _number(message, at)
        length, at = _number(message, at)
        at += length if is_name else 0
        if not is_name:
            _, at = _number(message, at)
    if info & _HAS_PARENT_KEY and not info & (_HAS_LEFT | _HAS_RIGHT):
        length, at = _number(message, at)
        at += length
    length, at = _number(message, at)
    return length, at + length


def _number(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
