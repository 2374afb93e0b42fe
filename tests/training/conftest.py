"""What the tests of training share."""

import pytest


@pytest.fixture(autouse=True)
def in_a_folder_apart(apart):
    """Every test of training writes runs."""
