"""`python -m rnncli` is the command `rnncli`."""

import sys

from rnncli.cli.main import main

sys.exit(main())
