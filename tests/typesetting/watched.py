"""A limited process with everything it opens, calls and starts written down: ``python -m tests.typesetting.watched LOG …``.

Watches from inside (audit events); what C libraries open themselves is not seen.
"""

import os
import sys

from perfeval.processes import child

#: Opening, talking, starting, removing: whatever a text could make the process do outside of itself.
_WATCHED = (
    "open",
    "socket.",
    "urllib.",
    "http.client",
    "ftplib.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "os.listdir",
    "os.scandir",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "shutil.",
    "tempfile.",
    "ctypes.dlopen",
    "webbrowser.",
    "mmap.",
)


def main() -> None:
    """Work as any limited process does, and write each event to the file named on the command line."""
    log = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(_WATCHED):
            os.write(log, ascii((event, *arguments[:1])).encode() + b"\n")

    sys.addaudithook(note)
    child.main()


if __name__ == "__main__":
    main()
