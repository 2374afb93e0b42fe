"""Phrases of messages, and JSON that no reader of lines cuts."""

import json

import pytest

from rnncli.phrases import json_text


@pytest.mark.parametrize("sign", [*"\u2028\u2029\x85\x1b\x7f\x9b\u202e\ud800\x0c\x1c"])
def test_json_stays_on_one_line_and_steers_no_terminal(sign):
    text = json_text({"text": f"a{sign}b"})
    assert len(text.splitlines()) == 1 and text.isascii() and text.isprintable()
    assert json.loads(text) == {"text": f"a{sign}b"}


def test_json_keeps_the_letters_of_all_scripts_and_has_no_number_that_is_none():
    assert json_text({"é": "天"}) == '{"é": "天"}'
    assert json_text([1], indent=2) == "[\n  1\n]"
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_text(float("nan"))
