"""The values that a rule read, in the reader's language."""

from django.utils.translation import gettext as _

from perfeval.scoring.result import UsedInput
from perfeval.scoring.rules.parameters import ANSWER_PREFIX
from perfeval.scoring.scheme.tree import Indicator, InputKind


def used_value(used: UsedInput, indicator: Indicator) -> str:
    """Return the value that the rule of ``indicator`` read: the Result's word for yes or no translated.

    What people typed and what the scheme calls its choices stay as they are.
    """
    owner, _dot, name = used.reference.partition(".")
    specs = indicator.rule.inputs if indicator.rule and owner == ANSWER_PREFIX else ()
    if any(spec.name == name and spec.kind is InputKind.YES_NO for spec in specs):
        return {"yes": _("Yes"), "no": _("No")}.get(used.value, used.value)
    return used.value
