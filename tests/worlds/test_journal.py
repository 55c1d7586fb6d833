import asyncio
from collections.abc import Callable

import pytest

from rdv_mock.worlds.journal import Entry, Journal, Memory, Message
from tests.support import instant

SECRET = "s3cr3t.With-signs_~9"


def entry(path: str) -> Entry:
    return Entry(
        at=instant("2026-03-10T08:00:00Z"),
        real_at=instant("2026-09-01T08:00:00Z"),
        method="GET",
        path=path,
        operation=None,
        employe=None,
        status=200,
        code=None,
        incident=None,
        duration_ms=1.5,
        request=Message([], b""),
        response=Message([], b""),
    )


def journal_of(*paths: str, size: int = 3) -> Journal:
    journal = Journal(size)
    for path in paths:
        journal.add(entry(path))
    return journal


def paths_of(journal: Journal) -> list[str]:
    return [one.path for one in journal]


def is_about(path: str) -> Callable[[Entry], bool]:
    return lambda one: one.path == path


# The ring


def test_the_newest_call_comes_first() -> None:
    assert paths_of(journal_of("/a", "/b", "/c")) == ["/c", "/b", "/a"]


def test_the_oldest_call_goes_when_there_is_no_room() -> None:
    assert paths_of(journal_of("/a", "/b", "/c", "/d")) == ["/d", "/c", "/b"]


def test_a_journal_of_one_call_keeps_the_last() -> None:
    assert paths_of(journal_of("/a", "/b", size=1)) == ["/b"]


def test_it_can_be_emptied_and_goes_on() -> None:
    journal = journal_of("/a")

    journal.clear()
    journal.add(entry("/b"))

    assert paths_of(journal) == ["/b"]


def test_only_what_is_wanted_is_found() -> None:
    assert [one.path for one in journal_of("/a", "/b", "/a").find(is_about("/a"))] == ["/a", "/a"]


# Waiting


def test_what_is_there_is_not_waited_for() -> None:
    found = asyncio.run(journal_of("/a").wait_for(is_about("/a"), seconds=0))

    assert [one.path for one in found] == ["/a"]


def test_a_wait_ends_with_the_call_it_is_for_and_not_with_another() -> None:
    async def story() -> list[Entry]:
        journal = journal_of()
        waiting = asyncio.create_task(journal.wait_for(is_about("/c"), seconds=30))
        for path in ("/a", "/b"):
            await asyncio.sleep(0)
            journal.add(entry(path))
        await asyncio.sleep(0)
        assert not waiting.done()
        journal.add(entry("/c"))
        return await waiting

    assert [one.path for one in asyncio.run(story())] == ["/c"]


def test_several_may_wait_at_a_time() -> None:
    async def story() -> list[list[Entry]]:
        journal = journal_of()
        waiting = [
            asyncio.create_task(journal.wait_for(is_about(path), seconds=30))
            for path in ("/a", "/b", "/b")
        ]
        await asyncio.sleep(0)
        journal.add(entry("/a"))
        journal.add(entry("/b"))
        return await asyncio.gather(*waiting)

    assert [[one.path for one in found] for found in asyncio.run(story())] == [
        ["/a"],
        ["/b"],
        ["/b"],
    ]


def test_a_wait_for_nothing_ends_empty() -> None:
    assert asyncio.run(journal_of("/a").wait_for(is_about("/b"), seconds=0.01)) == []


# Listening


def test_who_listens_hears_of_each_call_in_its_order() -> None:
    async def story() -> list[str]:
        journal = journal_of("/before")
        with journal.listen() as listener:
            hearing = asyncio.create_task(listener.hear())
            await asyncio.sleep(0)
            journal.add(entry("/a"))
            heard = list(await hearing)
            journal.add(entry("/b"))
            journal.add(entry("/c"))
            heard += await listener.hear()
        return [one.path for one in heard]

    assert asyncio.run(story()) == ["/a", "/b", "/c"]


def test_several_listeners_hear_of_the_same_call() -> None:
    async def story() -> list[str]:
        journal = journal_of()
        with journal.listen() as one, journal.listen() as other:
            journal.add(entry("/a"))
            return [heard.path for heard in (*await one.hear(), *await other.hear())]

    assert asyncio.run(story()) == ["/a", "/a"]


def test_a_slow_listener_misses_no_more_than_the_ring_does() -> None:
    async def story() -> list[str]:
        journal = journal_of(size=2)
        with journal.listen() as listener:
            for path in ("/a", "/b", "/c"):
                journal.add(entry(path))
            return [one.path for one in await listener.hear()]

    assert asyncio.run(story()) == ["/b", "/c"]


def test_a_listener_of_a_journal_that_ends_hears_the_last_call_and_then_nothing() -> None:
    async def story() -> list[list[str]]:
        journal = journal_of()
        with journal.listen() as listener:
            journal.add(entry("/a"))
            journal.end()
            return [[one.path for one in await listener.hear()] for _ in range(3)]

    assert asyncio.run(story()) == [["/a"], [], []]


def test_who_listens_to_a_journal_that_has_ended_hears_nothing() -> None:
    async def story() -> list[Entry]:
        journal = journal_of()
        journal.end()
        with journal.listen() as listener:
            return list(await listener.hear())

    assert asyncio.run(story()) == []


# Secrets


def test_one_side_of_a_call_shows_no_secret_however_it_is_looked_at() -> None:
    form = b"application/x-www-form-urlencoded"
    secret = SECRET.encode()
    message = Message(
        [(b"authorization", b"Bearer " + secret), (b"content-type", form)],
        b"client%5Fsecret=" + secret,
        b"code=" + secret,
    )

    assert message.headers == {"authorization": "Bearer ***", "content-type": form.decode()}
    assert (message.body, message.query) == ("client%5Fsecret=***", "code=***")
    assert SECRET not in repr(message)


def test_a_header_that_comes_twice_is_there_twice() -> None:
    message = Message([(b"x-a", b"1"), (b"x-a", b"2")], b"")

    assert message.header_list == [("x-a", "1"), ("x-a", "2")]
    assert message.headers == {"x-a": "2"}


# Memory


def heavy(path: str, *, body: int = 0, head: int = 0) -> Entry:
    request = Message([(b"x", b"h" * head)] if head else [], b"b" * body)
    return entry(path)._replace(request=request)


def kept_of(journal: Journal) -> list[tuple[str, int, int]]:
    """Path, bytes of the body and of the header that are kept, newest first."""
    return [(one.path, one.request.kept, len(one.request.headers.get("x", ""))) for one in journal]


def test_a_world_keeps_so_much_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rdv_mock.worlds.journal.LARGEST_SHARE", 300)
    journal = Journal(9)

    for path in ("/a", "/b", "/c", "/d"):
        journal.add(heavy(path, body=100))

    assert kept_of(journal) == [("/d", 100, 0), ("/c", 100, 0), ("/b", 100, 0), ("/a", 0, 0)]
    assert journal.held == journal.memory.held == 300


def test_a_large_head_goes_with_its_body_and_a_small_one_when_no_body_is_left() -> None:
    journal = Journal(9)
    for path, head in (("/a", 10), ("/b", 5_000), ("/c", 10)):
        journal.add(heavy(path, body=100, head=head))

    journal.lighten(to=journal.held - 5_000)
    assert kept_of(journal) == [("/c", 100, 10), ("/b", 0, 0), ("/a", 0, 10)]
    journal.lighten(to=100)
    assert kept_of(journal) == [("/c", 0, 0), ("/b", 0, 0), ("/a", 0, 0)]
    assert journal.held == journal.memory.held == 0


def test_a_body_that_was_forgotten_is_said_to_be_cut() -> None:
    message = Message([(b"x", b"1")], b"b" * 100)
    assert not message.is_cut

    message.forget_body()
    assert (message.is_cut, message.size, message.headers) == (True, 100, {"x": "1"})


def test_a_head_that_was_forgotten_is_said_to_be_cut_where_there_was_one() -> None:
    bare, headed = Message([], b""), Message([(b"x", b"1")], b"")

    for message in (bare, headed):
        message.forget_head()

    assert [bare.is_cut, headed.is_cut] == [False, True]


def test_the_call_that_leaves_the_ring_gives_its_memory_back() -> None:
    journal = Journal(2)

    for path in ("/a", "/b", "/c"):
        journal.add(heavy(path, body=100))
    journal.lighten(to=100)
    journal.add(heavy("/d", body=100))

    assert kept_of(journal) == [("/d", 100, 0), ("/c", 100, 0)]
    assert journal.memory.held == 200


def test_a_call_that_ends_after_its_world_is_not_kept() -> None:
    journal = Journal(2)
    journal.add(heavy("/a", body=100))

    journal.end()
    journal.add(heavy("/b", body=100))

    assert (list(journal), journal.memory.held) == ([], 0)


def test_the_fullest_journal_gives_until_there_is_room() -> None:
    memory = Memory(most=1_000_000)
    small, large = Journal(99, memory), Journal(99, memory)
    small.add(heavy("/s", body=300_000))
    for _ in range(60):
        large.add(heavy("/l", body=10_000))

    small.add(heavy("/s", body=200_000))

    assert memory.held == small.held + large.held <= 1_000_000
    assert small.held == 500_000
    assert large.held == 500_000


def test_where_nothing_may_be_kept_calls_are_told_without_their_bodies() -> None:
    journal = Journal(9, Memory(most=0))

    journal.add(heavy("/a", body=100, head=10))

    assert kept_of(journal) == [("/a", 0, 0)]


def test_a_head_is_cut_within_a_header() -> None:
    headers = [(b"abc", b"d" * 10), (b"e", b"f")]

    assert Message(headers, b"", b"qq", largest=10).header_list == [("abc", "ddddd")]
    assert Message(headers, b"", b"qq", largest=5).header_list == []
    assert Message(headers, b"", b"qq", largest=17).header_list == [("abc", "d" * 10), ("e", "f")]
