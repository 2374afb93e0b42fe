"""The three standard streams of a command, closed, full, slow or in an encoding without the letters of a text.

Standard output is data: what cannot be written is an error that names the stream. Standard error is the audience: a
command does its work to the end though nobody listens, as after `2>&1 | head` or in a terminal that was closed.
"""

import errno
import io
import os
import sys

# Nothing else is imported here: every command begins with this module.

CLOSED = "closed, so that nothing can be written to it"
OUTPUT = "standard output"


def settle_streams() -> None:
    """Make `sys.stdout` and `sys.stderr` the streams described above; others, put there by a program, stay."""
    reserve_numbers()
    if sys.stdout is None:
        sys.stdout = ClosedOutput()
    elif sys.stdout is sys.__stdout__:
        sys.stdout = text_stream(Output(sys.stdout.fileno()), sys.stdout, sys.stdout.line_buffering)
    if sys.stderr is None:  # print(file=None) would write to standard output
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (open until the process ends)
    elif sys.stderr is sys.__stderr__:
        sys.stderr = text_stream(Audience(sys.stderr.fileno()), sys.stderr, True)


def reserve_numbers() -> None:
    """Open the null device for each standard stream that is closed: no file of ours, and none of a worker's, may get
    its number, or what a library prints would be written into that file."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # gets the lowest number that is free


def text_stream(raw: io.RawIOBase, like, by_line) -> io.TextIOWrapper:
    """A text stream on `raw` with the encoding of another; a character that it lacks is written as an escape."""
    errors = like.errors if like.encoding.lower().startswith("utf") else "backslashreplace"
    return io.TextIOWrapper(io.BufferedWriter(raw), like.encoding, errors, line_buffering=by_line)


class Output(io.FileIO):
    """The bytes of standard output; an error of the system names it."""

    def __init__(self, number: int):
        super().__init__(number, "w", closefd=False)

    def write(self, data) -> int:
        while True:
            try:
                written = super().write(data)
            except OSError as error:
                raise OSError(error.errno, error.strerror, OUTPUT) from None
            if written is not None:
                return written
            wait_until_writable(self.fileno())


class Audience(io.FileIO):
    """The bytes of standard error; what cannot be written is dropped."""

    def __init__(self, number: int):
        super().__init__(number, "w", closefd=False)

    def write(self, data) -> int:
        try:
            while (written := super().write(data)) is None:
                wait_until_writable(self.fileno())
        except OSError:
            return len(data)
        return written


def wait_until_writable(number: int) -> None:
    """Wait for room in a pipe that another program has set not to block."""
    import select  # here: hardly anybody needs it

    select.select([], [number], [])


class ClosedOutput(io.TextIOBase):
    """Standard output that was closed before the command began: writing raises OSError."""

    @property
    def buffer(self):
        raise closed()

    def write(self, text: str):
        raise closed()


def closed() -> OSError:
    return OSError(errno.EBADF, CLOSED, OUTPUT)
