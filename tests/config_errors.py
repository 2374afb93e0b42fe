"""What the configuration tests share: a file in the current folder, and how to look at an error."""

import pytest

from rnncli.errors import ConfigError


def lines_of(call, *args, **kwargs):
    """The lines of the ConfigError that a call ends with."""
    with pytest.raises(ConfigError) as caught:
        call(*args, **kwargs)
    assert caught.value.exit_code == 2
    assert caught.value.hint and "\n" not in caught.value.hint
    return str(caught.value).split("\n")


def only_line(call, *args, **kwargs):
    lines = lines_of(call, *args, **kwargs)
    assert len(lines) == 1, lines
    return lines[0]
