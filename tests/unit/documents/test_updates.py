"""Updates in whatever order, with some lost, some twice and some forged: no text is lost, and the history replays to it."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Text

from codewithme_ext.interview.documents import updates
from codewithme_ext.interview.documents.document import SharedDocument
from codewithme_ext.interview.documents.history import StoredUpdate
from codewithme_ext.interview.documents.models import DocumentKind, UpdateKind
from codewithme_ext.interview.documents.owners import ClientOwners
from codewithme_ext.interview.documents.updates import MAX_NESTING, Fitting, UnreadableUpdateError, clocks_of, fitting


class Page:
    """Somebody's document; what is typed is kept as messages."""

    def __init__(self, client_id: int | None = None) -> None:
        self.doc: Doc[Any] = Doc() if client_id is None else Doc(client_id=client_id)
        self.source = self.doc.get("source", type=Text)
        self.said: list[bytes] = []
        self._is_told = False
        self._following = self.doc.observe(lambda event: None if self._is_told else self.said.append(event.update))

    def hear(self, update: bytes) -> None:
        """Take what somebody else typed."""
        self._is_told = True
        self.doc.apply_update(update)
        self._is_told = False


def written(seed: int, pages: int) -> tuple[list[Page], list[tuple[int, bytes]]]:
    """People who write into each other's text; returns every update with who made it, in an order that works."""
    chance = random.Random(seed)
    people = [Page(client_id) for client_id in range(1, pages + 1)]
    said: list[tuple[int, bytes]] = []
    heard = [0] * pages
    for number in range(40):
        who = chance.randrange(pages)
        page = people[who]
        if chance.random() < 0.6:
            for other, update in said[heard[who] :]:
                if other != who:
                    page.hear(update)
            heard[who] = len(said)
        before, length = len(page.said), len(page.source)
        if length and chance.random() < 0.3:
            at = chance.randrange(length)
            del page.source[at : min(length, at + 3)]
        else:
            page.source.insert(chance.randint(0, length), f"<{number}>")
        said += [(who, update) for update in page.said[before:]]
    for who, page in enumerate(people):
        for other, update in said[heard[who] :]:
            if other != who:
                page.hear(update)
    return people, said


@given(
    seed=st.integers(0, 10**6), pages=st.integers(1, 4), order=st.randoms(use_true_random=False), lost=st.integers(0, 9)
)
@settings(max_examples=150, deadline=None, database=None)
def test_no_order_and_no_gap_loses_text_if_whoever_sent_it_is_asked(
    seed: int, pages: int, order: random.Random, lost: int
) -> None:
    people, said = written(seed, pages)
    arriving = said + order.sample(said, len(said) // 3)
    order.shuffle(arriving)
    document = SharedDocument(DocumentKind.FILE)
    stored: list[bytes] = []

    def arrives(update: bytes) -> bool:
        applied = document.apply(update)
        if applied.new is not None:
            stored.append(applied.new)
        assert document._known == clocks_of(document.state())
        return applied.is_missing

    for who, update in arriving[: len(arriving) * (10 - lost) // 10]:
        if arrives(update):
            assert not arrives(people[who].doc.get_update(document.state())), "an answer has all that is missing"
    for page in people:  # each comes back some time
        assert not arrives(page.doc.get_update(document.state()))
    assert document.content() == str(people[0].source)
    again = SharedDocument(DocumentKind.FILE)
    again.replay(stored)
    assert again.content() == document.content()
    assert again.state() == document.state()


@given(seed=st.integers(0, 10**6), order=st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None, database=None)
def test_an_update_of_many_is_taken_as_far_as_it_fits(seed: int, order: random.Random) -> None:
    (page, *_), said = written(seed, 3)
    everything = page.doc.get_update()
    known = {client: order.randint(0, clock) for client, clock in clocks_of(page.doc.get_state()).items()}
    assert fitting(everything, {}, never).update is everything
    holder = SharedDocument(DocumentKind.FILE)
    for _, update in said[: order.randint(0, len(said))]:
        holder.apply(update)
    rest = page.doc.get_update(bytes([len(known)]) + b"".join(varint(c) + varint(k) for c, k in known.items()))
    holder.apply(rest)
    assert holder._known == clocks_of(holder.state())
    assert not holder.apply(page.doc.get_update(holder.state())).is_missing
    assert holder.content() == str(page.source)


@given(seed=st.integers(0, 10**6), order=st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None, database=None)
def test_the_short_way_for_a_key_finds_what_the_long_way_finds(seed: int, order: random.Random) -> None:
    (page, *_), said = written(seed, 2)
    everything = clocks_of(page.doc.get_state())
    with pytest.MonkeyPatch.context() as patch:
        for _, update in said:
            known = {client: order.randint(0, clock) for client, clock in everything.items()}
            runs, _deleted = updates._runs(update)
            if runs:  # so that it is often what comes next
                known[runs[0].client] = runs[0].clock
            broken = bytearray(update)
            broken[order.randrange(len(broken))] ^= 1 << order.randrange(8)
            for data in (update, bytes(broken)):
                short = found(data, known)
                patch.setattr(updates, "_key", lambda *_: None)
                assert short == found(data, known)
                patch.undo()


def found(update: bytes, known: dict[int, int]) -> Fitting | None:
    """What fits; None for noise."""
    try:
        return fitting(update, known, never)
    except UnreadableUpdateError:
        return None


def test_what_is_of_a_refused_client_is_left_out_and_what_builds_upon_it() -> None:
    honest, forger, later = Page(1), Page(2), Page(3)
    document = SharedDocument(DocumentKind.FILE)
    honest.source += "honest"
    document.apply(honest.said[0])
    forger.source += "mine"
    for page in (forger, later):
        page.hear(honest.said[0])
    forged = Page(1)
    forged.hear(honest.said[0])
    forged.source += " forged"
    later.hear(forged.said[0])
    later.source += "!"
    forger.hear(later.doc.get_update())
    applied = document.apply(forger.doc.get_update(), lambda client: client == 1)
    assert applied.is_refused
    assert not applied.is_missing
    assert sorted(document.content()) == sorted("honestmine")
    honest.source += " and on"
    assert not document.apply(honest.said[1], lambda client: client == 2).is_refused
    assert " and on" in document.content()


def item(content: bytes) -> bytes:
    """The update of a client that begins a root with some content."""
    return bytes([1, 1, 5, 0]) + content[:1] + b"\1\1a" + content[1:] + b"\0"


@pytest.mark.parametrize(
    "noise",
    [
        item(b"\x08\1" + b"\x75\1" * 100_000 + b"\x7e"),  # ended the server's process
        item(b"\x08\1" + b"\x75\1" * (MAX_NESTING + 1) + b"\x7e"),
        item(b"\x04\2\xc3\x28"),  # no UTF-8: browsers stop at it
        item(b"\x02\1\3{a}"),  # no JSON
        item(b"\x05\3NaN"),
        item(b"\x06\1b\1{"),
        item(b"\x07\7"),  # types and contents that browsers do not know
        item(b"\x0b\0"),
        item(b"\x08\1\x70"),
        item(b"\x04\0"),  # nothing
        item(b"\x01\xff\xff\xff\xff\x0f"),
        item(b"\x04\1a") + b"\0",
        b"\2\1\5\0\4\1\1a\1b\1\5\1\4\1\1a\1b\0",  # one client twice
        b"\1\0\5\0\0",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\1",
    ],
)
def test_what_would_break_the_library_or_a_browser_is_no_update(noise: bytes) -> None:
    document = SharedDocument(DocumentKind.FILE)
    with pytest.raises(UnreadableUpdateError):
        document.apply(noise)
    assert document.apply(item(b"\x08\1" + b"\x75\1" * MAX_NESTING + b"\x7e")).new


def test_a_struct_that_waits_for_itself_or_in_a_circle_is_not_taken() -> None:
    document = SharedDocument(DocumentKind.FILE)
    itself = b"\1\1\5\0\x84\5\0\1b\0"
    circle = b"\2\1\5\0\x84\6\0\1b\1\6\0\x84\5\0\1b\0"
    for update in (itself, circle):
        applied = document.apply(update)
        assert (applied.new, applied.is_missing) == (None, True)


def test_many_that_wait_for_each_other_are_looked_at_once() -> None:
    count = 20_000
    runs = [b"\1" + varint(n) + b"\0\x84" + varint(n + 1) + b"\0\1b" for n in range(1, count)]
    document = SharedDocument(DocumentKind.FILE)
    update = varint(count) + b"".join(runs) + b"\1" + varint(count) + b"\0\4\1\1a\1b\0"
    looked = Counting()
    assert fitting(update, looked, never).update is update
    assert looked.times < count * 10
    assert not document.apply(update).is_missing


class Counting(dict[int, int]):
    """Known clocks that count how often they are asked for."""

    times = 0

    def get(self, key: int, default: Any = None) -> Any:
        self.times += 1
        return super().get(key, default)


def never(_client_id: int) -> bool:
    """Nobody is refused."""
    return False


def varint(number: int) -> bytes:
    """A number as lib0 writes it."""
    parts = []
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def edit_of(author_id: str, page: Page) -> StoredUpdate:
    """A row of the history."""
    return StoredUpdate(1, 0, author_id, "", UpdateKind.EDIT, page.said[-1], 0)


def test_an_id_belongs_to_whoever_shows_it_first_and_after_a_restart_to_whom_the_history_names() -> None:
    owners = ClientOwners()
    assert owners.claim(1, "priya")
    assert not owners.claim(1, "mallory")
    assert owners.is_of_another(1, "mallory")
    assert not owners.is_of_another(1, "priya")

    page = Page(1)
    page.source += "typed"
    restarted = ClientOwners()
    restarted.recall([edit_of("priya", page)])
    assert not restarted.claim(1, "mallory")
    assert not restarted.is_of_another(1, "mallory"), "others may have what the server lost"
    assert restarted.claim(1, "priya")
    assert restarted.is_of_another(1, "mallory")
