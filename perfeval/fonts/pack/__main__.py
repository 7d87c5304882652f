"""``python -m perfeval.fonts.pack``."""

import sys

from perfeval.fonts.pack.command import main

sys.exit(main())
