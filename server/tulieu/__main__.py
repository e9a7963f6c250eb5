"""`python -m tulieu`: the command, where its script is not on the path."""

import sys

from tulieu.cli import main

sys.exit(main())
