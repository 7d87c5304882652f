"""Why a document could not be set."""


class RenderFailed(Exception):
    """The document could not be set; the message says why and what to do."""
