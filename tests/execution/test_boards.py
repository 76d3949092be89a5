"""What a worker printed is taken in whole, however late the thread that reads it comes to it."""

import os
import threading
import time

import pytest

from grader.execution.boards import Connection, PollBoard, ThreadBoard

LATE = 0.1  # seconds, many times what a worker must be quiet


class Ends:
    """A connection on `board` and the worker's ends of it."""

    def __init__(self, board):
        (source, self.wire), (self.sink, sink), (output, self.printed) = os.pipe(), os.pipe(), os.pipe()
        self.connection = Connection((source, sink), output, 0, lambda: None, lambda: 0)
        self.board = board
        board.plug(self.connection)


@pytest.fixture(params=[PollBoard, ThreadBoard])
def ends(request):
    ends = Ends(request.param())
    yield ends
    ends.board.unplug(ends.connection)
    for each in (ends.wire, ends.sink, ends.printed):
        os.close(each)


def test_what_was_printed_is_there_at_once(ends):
    os.write(ends.printed, b"abc")
    ends.board.drain(ends.connection, 3)
    assert ends.connection.printed == b"abc"


def test_a_worker_that_speaks_of_more_than_it_printed_is_not_waited_for_long(ends):
    began = time.monotonic()
    ends.board.drain(ends.connection, 1 << 40)
    assert time.monotonic() - began < 5


def test_bytes_that_the_worker_speaks_of_are_waited_for():
    ends = Ends(ThreadBoard())
    threading.Timer(LATE, os.write, (ends.printed, b"abc")).start()
    ends.board.drain(ends.connection, 3)
    assert ends.connection.printed == b"abc"


def test_what_a_worker_printed_before_it_ended_is_waited_for():
    def end():
        os.write(ends.printed, b"abc")
        os.close(ends.printed)

    ends = Ends(ThreadBoard())
    ends.connection.hung_up = True
    threading.Timer(LATE, end).start()
    ends.board.drain(ends.connection)
    assert ends.connection.printed == b"abc" and ends.connection.silent


def test_what_came_for_another_worker_meanwhile_is_not_waited_for(ends):
    """Else that one would go on only when its time is up, or when more bytes come."""
    other = Ends(ends.board)
    os.write(other.wire, b"abc")
    late = threading.Timer(LATE, os.write, (ends.printed, b"x"))
    late.start()
    ends.board.drain(ends.connection, 1)
    began = time.monotonic()
    ends.board.pump(5)
    assert other.connection.incoming == b"abc"
    assert time.monotonic() - began < 4
    late.join()  # before its end is closed, however busy the machine is
