"""``python -m perfeval.rendering.fontpack``."""

import sys

from perfeval.rendering.fontpack.command import main

sys.exit(main())
