"""`python -m rnncli` is the command `rnncli`."""

import sys

if not sys.flags.safe_path:
    del sys.path[0]  # the current folder, in which a file beside a user's data may be called json.py

from .cli.main import main  # noqa: E402 (nothing is imported before the path is set)

sys.exit(main())
