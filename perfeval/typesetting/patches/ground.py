"""Our own ground below all styles, which ``layout`` puts in the place of WeasyPrint's.

It holds what WeasyPrint's sheet says of the elements of our pages, and nothing else, so it is right for that sheet only.
Nothing is replaced here: the page class of ``layout`` answers for itself.
"""

from perfeval.typesetting.patches.replacing import Replacements


def replacements() -> Replacements:
    """Return nothing: what is relied on stands in ``fits.toml``."""
    return []
