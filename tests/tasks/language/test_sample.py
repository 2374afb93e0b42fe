"""What a language model shows of itself while it trains."""

import io
import json

from rich.console import Console

from rnncli.events import Sampled, event_record
from rnncli.tasks.language.sample import TextSample
from rnncli.ui.bar import BarReporter


def test_the_record_of_a_text_is_the_text_as_it_is():
    sample = TextSample("a\x1b b\n")
    assert json.loads(json.dumps(sample.record())) == "a\x1b b\n"
    assert event_record(Sampled(3, sample)) == {"schema": 1, "event": "sampled", "step": 3, "sample": "a\x1b b\n"}


def test_its_lines_are_safe_to_print_and_end_with_the_text():
    assert TextSample("a\x1b[31m\n\nb\n\n").lines(10, True, True) == [r"a\x1b[31m", "", "b"]


def test_a_long_line_is_wrapped_in_its_frame_and_nothing_is_lost():
    console = Console(file=io.StringIO(), width=30, force_terminal=True, color_system=None)
    BarReporter(console).show_sample("sample", TextSample("word " * 20))
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) == 30 and console.file.getvalue().count("word") == 20
