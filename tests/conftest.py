"""What several test files share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("shared machine", deadline=None)      # a machine that others use too is slow at any moment
settings.load_profile("shared machine")


@pytest.fixture
def real_data():
    """The folder with the real data sets: $RNNCLI_DATA, else shared/data beside the repository; skips where absent."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("RNNCLI_DATA") or beside)
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set RNNCLI_DATA to where it is")
    return folder
