"""Tell whether the Chinese translation is complete.

Runs makemessages on a copy of the tree and compares what it extracts with the catalogue that is committed: a text that
is missing, untranslated, fuzzy or no longer used fails. The committed files are not touched.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = Path("locale/zh_Hans/LC_MESSAGES/django.po")
SHOWN = 40


def extracted(copy: Path) -> polib.POFile:
    """Return the texts of the code and the templates, extracted in a copy of the tree."""
    for folder in ("perfeval", "templates"):
        shutil.copytree(
            ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("*.pyc", "static")
        )
    shutil.copy(ROOT / "manage.py", copy)
    (copy / CATALOGUE.parent).mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "--locale", "zh_Hans", "--no-location"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "PERFEVAL_SECRET_KEY": "not used here"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"makemessages failed:\n{done.stdout}{done.stderr}")
    return polib.pofile(str(copy / CATALOGUE))


def key(entry: polib.POEntry) -> tuple[str | None, str]:
    """Return what identifies a text."""
    return entry.msgctxt, entry.msgid


def problems(wanted: polib.POFile, kept: polib.POFile) -> list[str]:
    """Return one line for each text of the catalogue that is not as it should be."""
    have = {key(entry): entry for entry in kept if not entry.obsolete}
    used = {key(entry) for entry in wanted if not entry.obsolete}
    return [
        *(f"missing: {text!r}" for context, text in sorted(used - have.keys(), key=str)),
        *(f"no longer used: {text!r}" for context, text in sorted(have.keys() - used, key=str)),
        *(f"obsolete, take it out: {entry.msgid!r}" for entry in kept.obsolete_entries()),
        *(f"fuzzy: {entry.msgid!r}" for entry in have.values() if entry.fuzzy),
        *(
            f"not translated: {entry.msgid!r}"
            for entry in have.values()
            if not entry.fuzzy and not entry.translated()
        ),
    ]


def main() -> int:
    """Print what is wrong and return 1, or return 0."""
    if not (ROOT / CATALOGUE).is_file():
        print(f"{CATALOGUE} does not exist.")
        return 1
    with tempfile.TemporaryDirectory() as copy:
        wanted = extracted(Path(copy))
    found = problems(wanted, polib.pofile(str(ROOT / CATALOGUE)))
    if not found:
        return 0
    print(f"{CATALOGUE}: {len(found)} problems")
    for line in found[:SHOWN]:
        print(f"  {line}")
    if len(found) > SHOWN:
        print(f"  and {len(found) - SHOWN} more")
    print(
        "Bring it up to date with: .venv/bin/python manage.py makemessages -l zh_Hans --no-obsolete"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
