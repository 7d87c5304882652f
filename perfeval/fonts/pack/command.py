"""The command line: build the pack unless it is there, or tell whether it is complete."""

import argparse
import fcntl
import signal
import sys
from pathlib import Path

from perfeval.fonts import choice as fonts
from perfeval.fonts.licensed import licensed_fonts
from perfeval.fonts.pack.building import build, remove_leftovers
from perfeval.fonts.pack.sources import FontPackError

_STOPPED = 130
"""The exit code of a command that a signal ended, as shells give it for Ctrl-C."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog=".venv/bin/python -m perfeval.fonts.pack",
        description="Build the fonts that reports are set in, unless they are there already.",
        epilog="Needs apt-get, dpkg-deb and tar (any Debian), no root; about 160 MB of downloads, 600 MB while it runs.",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=fonts.default_font_dir(),
        help="folder of the pack (%(default)s)",
    )
    parser.add_argument(
        "--packages", type=Path, help="folder with the .deb files, instead of downloading them"
    )
    parser.add_argument("--jobs", type=int, help="fonts made side by side (default: one a core)")
    parser.add_argument(
        "--force", action="store_true", help="build again although the pack is complete"
    )
    parser.add_argument(
        "--check", action="store_true", help="only tell whether the pack is complete and undamaged"
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing unless it fails")
    options = parser.parse_args(arguments)
    out: Path = options.out.absolute()
    try:
        if options.check:
            pack = fonts.require_pack(out, verify=True)
            print(f"{out}: complete, version {pack.version}")
            for font in licensed_fonts(fonts.default_licensed_dir()):
                told = f"not used: {font.problem}" if font.problem else ", ".join(font.families)
                print(f"{font.path}: {told}")
            return 0
        out.parent.mkdir(parents=True, exist_ok=True)
        with (out.parent / f".{out.name}.lock").open("w") as lock:
            # Two set-ups at a time: the second waits and then finds the work done.
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not options.force:
                try:
                    pack = fonts.require_pack(out, verify=True)
                except fonts.FontPackMissing:
                    pass
                else:
                    if not options.quiet:
                        print(f"{out}: already there, version {pack.version}")
                    return 0
            remove_leftovers(out)
            # A closed terminal and kill end a build as Ctrl-C does.
            for number in (signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.default_int_handler)
            build(out, packages_dir=options.packages, jobs=options.jobs, quiet=options.quiet)
    except (FontPackError, fonts.FontPackMissing, OSError) as error:
        print(f"Font pack: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Font pack: stopped. Nothing half made is kept.", file=sys.stderr)
        return _STOPPED
    return 0
