"""The Yjs protocol's messages, whatever bytes they are made of."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Doc, Text, create_sync_message, create_update_message, write_message, write_var_uint

from codewithme_ext.interview.documents.owners import ClientOwners
from codewithme_ext.jupyter.awareness import Speakers
from codewithme_ext.jupyter.messages import (
    Kind,
    MalformedMessageError,
    Presence,
    Step,
    kind_of,
    read_awareness,
    read_document,
    read_save,
    write_awareness,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
UINT = st.integers(0, 2**53 - 1)
PRESENCES = st.lists(
    st.builds(Presence, UINT, UINT, st.none() | st.dictionaries(st.text(), JSON, max_size=3)), max_size=4
)


def _update() -> bytes:
    doc: Doc[Any] = Doc(client_id=1)
    doc.get("source", type=Text).insert(0, "hello")
    message: bytes = create_update_message(doc.get_update())
    return message


@given(PRESENCES)
def test_awareness_comes_out_as_it_went_in(presences: list[Presence]) -> None:
    assert read_awareness(write_awareness(presences)) == presences


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(message: bytes) -> None:
    for read in (kind_of, read_document, read_save, read_awareness):
        with contextlib.suppress(MalformedMessageError):
            read(message)


@given(st.data())
def test_a_damaged_update_is_read_or_refused(data: st.DataObject) -> None:
    message = bytearray(_update())
    for _ in range(data.draw(st.integers(1, 4))):
        message[data.draw(st.integers(2, len(message) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(MalformedMessageError):
        read_document(bytes(message[: data.draw(st.integers(0, len(message)))]))


def test_what_a_client_sends_is_told_apart() -> None:
    asking = create_sync_message(Doc())
    assert (kind_of(asking), read_document(asking)[0]) == (Kind.DOCUMENT, Step.ASK)
    assert read_document(_update())[0] is Step.UPDATE
    assert kind_of(b"\x03") is None
    assert read_save(b"\x02\x04save\x01") == 1
    assert read_save(b"\x02\x04open\x01") is None


@pytest.mark.parametrize("state", [b"[]", b"5", b'"x"', b"{", b'{"a":NaN}x', b"\xff", b'{"a":' * 5000, b"1" * 5000])
def test_a_state_that_is_no_object_is_refused(state: bytes) -> None:
    inner = write_var_uint(1) + write_var_uint(1) + write_var_uint(1) + write_message(state)
    with pytest.raises(MalformedMessageError):
        read_awareness(b"\x01" + write_message(inner))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_browsers_cannot_read_is_not_passed_on(number: float) -> None:
    with pytest.raises(MalformedMessageError):
        write_awareness([Presence(1, 1, {"a": number})])


def test_one_speaks_for_oneself_only_and_as_oneself() -> None:
    speakers = Speakers(ClientOwners())
    said = [Presence(1, 1, {"user": {"name": "Somebody else"}, "cursors": []})]
    assert speakers.own("maya", said, {"name": "Maya"}) == [Presence(1, 1, {"user": {"name": "Maya"}, "cursors": []})]
    assert speakers.own("priya", [Presence(1, 2, None), Presence(2, 1, None)], {}) == [Presence(2, 1, None)]


def test_the_ids_of_one_person_are_bounded() -> None:
    speakers = Speakers(ClientOwners())
    said = [Presence(client_id, 1, {}) for client_id in range(1, 1000)]
    assert len(speakers.own("mallory", said, {})) == 100
    assert speakers.own("maya", [Presence(5000, 1, {})], {}) == [Presence(5000, 1, {"user": {}})]
