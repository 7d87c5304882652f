"""The sentences for what a correction cannot carry over, and for what it leaves behind.

One line a code, as in ``schemes.wording``; a test holds the table against the codes of carrying.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LOSSES: Mapping[str, Promise] = {
    "answer_gone": _("%(name)s is gone; “%(input)s” was filled in with %(value)s."),
    "input_gone": _(
        "%(name)s: “%(input)s” (%(value)s) is asked for in another way; fill it in anew."
    ),
    "deduction_gone": _(
        "%(name)s: the %(points)s points taken off (“%(reason)s”) no longer count; none may be."
    ),
    "reason_gone": _("%(name)s is gone, with the reason “%(reason)s”."),
    "amount_gone": _("The amount %(amount)s for “%(name)s” is no longer asked for."),
    "goal_gone": _("The goal “%(name)s” has no category any more."),
    "goal_kind_gone": _("The goal “%(name)s” has no kind any more; choose one anew."),
    "text_gone": _("Section “%(name)s” is gone, with its text “%(text)s”."),
    "own_gone": _("The department's own indicator “%(name)s” has no slot any more."),
    "evidence_gone": _("%(name)s is gone; its file “%(text)s” stays stored but belongs nowhere."),
    "remark_gone": _("%(name)s is gone, with the remark “%(text)s”."),
}
_WORDS: Mapping[str, Promise] = {"yes": _("yes"), "no": _("no")}


def describe_loss(loss: Mapping[str, Any]) -> str:
    """Return the sentence of a stored loss."""
    values = {name: str(_WORDS.get(held, held)) for name, held in loss["parameters"].items()}
    return str(LOSSES[loss["code"]]) % values
