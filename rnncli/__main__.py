"""`python -m rnncli` is the command `rnncli`."""

import sys

from .cli.main import main

sys.exit(main())
