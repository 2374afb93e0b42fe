"""Signals that end a command, whatever it is doing: importing, reading, computing, writing.

The first raises `Stopped`, so that files are closed and the terminal is restored; the second ends the process at once.
`stopping` takes over while a run is trained.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ..ui.streams import Output

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
IMPORTING = "<frozen importlib"  # begins the file name of the frames of an import
AGAIN = 0.01  # seconds until a signal that came during an import or in the midst of writing is looked at again
LOOKS = 50  # at a write that does not end, as where nobody reads


class Stopped(KeyboardInterrupt):
    """A signal that ends the command arrived; `number` is its number."""

    def __init__(self, number: int):
        super().__init__()
        self.number = number


@contextmanager
def interruptible(alone: bool) -> Iterator[None]:
    """In this context, a signal of SIGNALS raises Stopped; one that is ignored, as under nohup, still is.

    alone: the process ends after it, and a signal just ends it sooner; else the handlers from before come back.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        for number, handler in before.items():
            if handler not in (signal.SIG_IGN, None):
                signal.signal(number, stop)
    except ValueError:  # not in the main thread, which alone receives signals
        before = {}
    try:
        yield
    finally:
        heed_no_more()
        for number, handler in ({} if alone else before).items():
            if handler is not None:
                signal.signal(number, handler)


def heed_no_more() -> None:
    """Let another signal end the process at once and without words; one that waits for its moment counts no more."""
    for number in SIGNALS:
        if signal.getsignal(number) is stop:
            signal.signal(number, signal.SIG_DFL)
    if hasattr(signal, "setitimer") and isinstance(signal.getsignal(signal.SIGALRM), Again):
        signal.setitimer(signal.ITIMER_REAL, 0)  # at the end of Python, its default would kill the process
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def stop(number: int, frame: FrameType | None) -> None:
    """Raise Stopped, after an import that is in progress, as an extension module may turn an exception into another,
    and after a write, whose bytes would be written twice."""
    heed_no_more()
    raise_when_safe(number, frame, LOOKS)


def raise_when_safe(number: int, frame: FrameType | None, looks: int) -> None:
    """Raise Stopped if `frame` is not within an import, nor for some more `looks` in a write; else look again soon."""
    waits = is_importing(frame) or looks > 0 and is_writing(frame)
    if not (waits and hasattr(signal, "setitimer")):
        raise Stopped(number)
    signal.signal(signal.SIGALRM, Again(number, looks - 1))
    signal.setitimer(signal.ITIMER_REAL, AGAIN)


class Again:
    """A handler of SIGALRM that looks once more whether Stopped can be raised."""

    def __init__(self, number: int, looks: int):
        self._number, self._looks = number, looks

    def __call__(self, _: int, frame: FrameType | None) -> None:
        raise_when_safe(self._number, frame, self._looks)


def is_writing(frame: FrameType | None) -> bool:
    """Whether `frame` has written to standard output without having said so yet."""
    return frame is not None and frame.f_code is Output.write.__code__


def is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith(IMPORTING):
            return True
        frame = frame.f_back
    return False
