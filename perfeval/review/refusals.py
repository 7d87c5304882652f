"""Why a step of a report is refused: expected failures, each with a text for the person."""

from django.utils.translation import gettext as _

from perfeval.scoring.result import Problem

#: Longest comment, in characters.
COMMENT_LIMIT = 2000


class MoveRefused(Exception):
    """The move can't be made; the text says why and what to do, in the reader's language."""


class AlreadyDone(MoveRefused):
    """The report stands already where the move would take it, by the same person's hand."""


class CommentRequired(MoveRefused):
    """A return was asked for without saying what has to be changed."""


class NotReady(MoveRefused):
    """Something still stands in the way of submitting; ``problems`` holds all of it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep the problems."""
        super().__init__(
            _("The report cannot be submitted yet: %(count)s points need your attention.")
            % {"count": len(problems)}
        )
        self.problems = problems


class SnapshotChanged(MoveRefused):
    """What the reviewer had open was submitted or sent anew since."""
