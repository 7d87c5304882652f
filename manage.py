#!/usr/bin/env python
"""Run a perfeval command: ``.venv/bin/python manage.py help``."""

import locale
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def in_utf8_mode() -> None:
    """Start this command again in Python's UTF-8 mode where the locale (zh_CN.GBK, Latin-1) would have another."""
    is_utf8 = sys.flags.utf8_mode or locale.getencoding().lower() == "utf-8"
    if not is_utf8 and os.environ.get("PYTHONUTF8") != "1":
        # By the environment, for the processes that a command starts too.
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - itself


if __name__ == "__main__":
    in_utf8_mode()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perfeval.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"perfeval is not set up rightly: {error}")
