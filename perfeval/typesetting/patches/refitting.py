"""Take over what the libraries are now, once the patches were adapted to it and the pages were looked at.

``python -m perfeval.typesetting.patches.refitting`` says what is another than it was; with ``--write`` the table is
written anew.
"""

import re
import sys
from collections.abc import Iterable

from perfeval.typesetting.patches.fitting import TABLE, fingerprint

_ENTRY = re.compile(r'^"(?P<name>[^"]+)" = "(?P<known>[0-9a-f]*)"$', re.MULTILINE)


def main(arguments: Iterable[str]) -> int:
    """Say which sources are not as they were; with ``--write``, put their hashes into the table."""
    text = TABLE.read_text(encoding="utf-8")
    changed = []
    for entry in _ENTRY.finditer(text):
        if (now := fingerprint(entry["name"])) != entry["known"]:
            changed.append(entry["name"])
            sys.stdout.write(f"{entry['name']}: {entry['known'] or 'new'} -> {now or 'gone'}\n")
    if changed and "--write" in arguments:
        new = _ENTRY.sub(lambda entry: f'"{entry["name"]}" = "{fingerprint(entry["name"])}"', text)
        TABLE.write_text(new, encoding="utf-8")
        return 0
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
