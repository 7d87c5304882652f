"""Who may propose, see, approve and carry out a correction."""

from perfeval.accounts.models import Role, User
from perfeval.accounts.queries import departments_where, has_role
from perfeval.corrections.models import Correction
from perfeval.corrections.queries import touched_departments
from perfeval.corrections.states import CorrectionState


def may_propose(user: User) -> bool:
    """Return whether ``user`` is a scheme owner: proposes, applies, withdraws, takes back."""
    return has_role(user, {Role.SCHEME_OWNER})


def may_see_any(user: User) -> bool:
    """Return whether ``user`` has to do with corrections at all: as scheme owner or approver."""
    return has_role(user, {Role.SCHEME_OWNER, Role.APPROVER})


def covers(user: User, correction: Correction) -> bool:
    """Return whether ``user`` is an approver of every department whose report would move."""
    held = departments_where(user, {Role.APPROVER})
    return bool(held) and touched_departments(correction) <= held


def may_view(user: User, correction: Correction) -> bool:
    """Return whether ``user`` may see this correction: scheme owners, and who could approve it."""
    return may_propose(user) or covers(user, correction)


def may_approve(user: User, correction: Correction) -> bool:
    """Return whether ``user`` may approve it now: another person, in charge of all it touches."""
    return (
        correction.state == CorrectionState.PROPOSED
        and user.pk != correction.proposed_by_id
        and covers(user, correction)
    )
