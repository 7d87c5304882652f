"""What the pages are under other versions of WeasyPrint: ``python -m benchmarks.weasyprint_versions [--tests] [WHICH …]``.

WHICH is a version, for which a throw-away environment is made from the package index, or a Python that has one; 69.0 and
68.1 if nothing is said. What else is needed is taken from the environment that this runs in. Both demonstration reports
are laid out in each, with the patches that fit and without any, and their text, pages and geometry are held against
those of the version that is installed here. ``--tests``: the tests of typesetting are run under each version too, and
those that fail are listed with their reason.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
VERSIONS = ("69.0", "68.1")
REPORTS = ("zengcheng_2022", "guangzhou_2021")
#: Coordinates are compared in hundredths of a point: the thickness of a hair is a quarter of one.
_DIGITS = 2
#: So much of a line is shown.
_SHOWN = 60

Pages = list[dict[str, Any]]


def main() -> None:
    """Compare all versions that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", nargs="*", default=VERSIONS)
    parser.add_argument("--tests", action="store_true")
    parser.add_argument("--lay-out", choices=("patched", "plain"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.lay_out:
        _lay_out(is_plain=asked.lay_out == "plain")
        return
    own = {way: _laid_out(sys.executable, way) for way in ("patched", "plain")}
    _say(f"here: {own['patched']['version']}, {_left_out(own['patched'])}")
    with tempfile.TemporaryDirectory() as folder:
        for which in asked.which:
            python = which if "/" in which else _environment(Path(folder) / which, which)
            found = {way: _laid_out(python, way) for way in ("patched", "plain")}
            _say(f"\n{found['patched']['version']}: {_left_out(found['patched'])}")
            for line in found["patched"]["log"]:
                _say(f"  log: {line}")
            for way, words in (("plain", "without patches"), ("patched", "as it is used")):
                for code in REPORTS:
                    differences = list(_differences(own[way][code], found[way][code]))
                    _say(f"  {code}, {words}: {len(differences) or 'no'} difference(s)")
                    for one in differences:
                        _say(f"    {one}")
            if asked.tests:
                _run_tests(python)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _left_out(found: dict[str, Any]) -> str:
    return f"left out: {', '.join(found['left_out']) or 'nothing'}"


def _environment(folder: Path, version: str) -> str:
    """Make an environment with a version of WeasyPrint in front of everything that is installed here."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    install = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    subprocess.run([*install, f"weasyprint=={version}"], check=True, stderr=subprocess.DEVNULL)
    return str(python)


def _started(python: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module in the project; what a Python has not itself it finds where this one has it.

    So do the processes that it starts. What it has itself comes first.
    """
    beside = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "sitecustomize.py").write_text(f"import sys\nsys.path += {beside}\n")
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "perfeval.settings",
            "PYTHONPATH": folder,
        }
        return subprocess.run(
            [python, "-m", *arguments],
            cwd=HERE,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


def _laid_out(python: str, way: str) -> dict[str, Any]:
    """Return what a Python makes of the demonstration reports."""
    done = _started(python, "benchmarks.weasyprint_versions", "--lay-out", way)
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    found["log"] = [line for line in done.stderr.splitlines() if "WARNING" in line]
    return found


def _lay_out(*, is_plain: bool) -> None:
    """Print the pages of the demonstration reports, and what they were made with."""
    os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
    import django  # noqa: PLC0415  only the process that lays out needs it

    django.setup()
    from perfeval.documents.building import build  # noqa: PLC0415  as above
    from perfeval.fonts import choice  # noqa: PLC0415  as above
    from perfeval.typesetting import layout, patches, worker  # noqa: PLC0415  as above
    from tests.typesetting.documents import demo_snapshot, order  # noqa: PLC0415  as above

    if is_plain:
        patches.left_out = lambda: frozenset(patches.modules())
    choice.activate()
    found: dict[str, Any] = {
        code: _pages(worker.lay_out(order(build(*demo_snapshot(code)))).data) for code in REPORTS
    }
    found |= {
        "version": f"WeasyPrint {layout.renderer_version()}",
        "left_out": sorted(patches.left_out()),
    }
    json.dump(found, sys.stdout)


def _pages(data: bytes) -> Pages:
    """Return of each page its lines of text and its rules, with their places."""
    from io import BytesIO  # noqa: PLC0415  only the process that lays out needs it

    import pdfplumber  # noqa: PLC0415  as above

    pages = []
    with pdfplumber.open(BytesIO(data)) as opened:
        for page in opened.pages:
            lines: dict[float, list[Any]] = {}
            for char in page.chars:
                size = round(char["size"], _DIGITS)
                place = round(char["x0"], _DIGITS), round(char["top"], _DIGITS)
                lines.setdefault(place[1], []).append((char["text"], place, size))
            shapes = {
                tuple(round(shape[side], _DIGITS) for side in ("x0", "top", "x1", "bottom"))
                for shape in (*page.rects, *page.lines, *page.curves, *page.images)
            }
            pages.append(
                {
                    "size": [round(page.width, _DIGITS), round(page.height, _DIGITS)],
                    "lines": [
                        ["".join(text for text, _, _ in line), line]
                        for _, line in sorted(lines.items())
                    ],
                    "shapes": sorted(map(list, shapes)),
                }
            )
    return pages


def _differences(own: Pages, other: Pages) -> Iterator[str]:
    """Yield in words where two files differ: pages, lines, places of characters, rules."""
    if len(own) != len(other):
        yield f"{len(own)} pages here, {len(other)} there"
    for number, (one, two) in enumerate(zip(own, other, strict=False), 1):
        if one["size"] != two["size"]:
            yield f"page {number}: {one['size']} here, {two['size']} there"
        texts = [[line[0] for line in page["lines"]] for page in (one, two)]
        matcher = SequenceMatcher(None, *texts, autojunk=False)
        for tag, a, b, c, d in matcher.get_opcodes():
            if tag == "equal":
                for first, second in zip(one["lines"][a:b], two["lines"][c:d], strict=True):
                    if first[1] != second[1]:
                        yield f"page {number}: {_moved(first, second)} “{first[0][:_SHOWN]}”"
            else:
                yield f"page {number}: {_quoted(texts[0][a:b])} here, {_quoted(texts[1][c:d])} there"
        here, there = ({tuple(shape) for shape in page["shapes"]} for page in (one, two))
        if here != there:
            yield f"page {number}: {len(here - there)} rules only here, {len(there - here)} only there"


def _moved(first: list[Any], second: list[Any]) -> str:
    """Say how far the characters of a line are moved at most, in points."""
    far = max(
        max(abs(a - b) for a, b in zip(one[1], two[1], strict=True))
        for one, two in zip(first[1], second[1], strict=True)
    )
    return f"moved by up to {far:.2f} pt" if far else "set in other sizes"


def _quoted(lines: list[str]) -> str:
    return " / ".join(f"“{line[:_SHOWN]}”" for line in lines) or "nothing"


def _run_tests(python: str) -> None:
    """Run the tests of typesetting and say which fail, and why."""
    done = _started(
        python, "pytest", "-q", "-rfE", "--tb=short", "-p", "no:cacheprovider", "tests/typesetting"
    )
    for line in done.stdout.splitlines():
        if re.match(r"(FAILED|ERROR) |\d+ (passed|failed)", line):
            _say(f"  {line}")


if __name__ == "__main__":
    main()
