"""Work that goes on beside a test."""

import threading

#: What the threads of a server are called that work beside its requests.
_NAMES = ("bundle-", "pdf-")


def let_it_end() -> None:
    """Wait for what a request began, however long it takes; the database is left alone meanwhile.

    Looking at one in memory again and again would lock out the thread that is waited for.
    """
    for thread in threading.enumerate():
        if thread.name.startswith(_NAMES):
            thread.join()
