"""The prose of one section of the report."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from perfeval.scoring.scheme.tree import OutlineSection
from perfeval.web.fields import LongTextField


class NarrativeForm(forms.Form):
    """One large text."""

    def __init__(
        self, data: Mapping[str, str] | None = None, *, section: OutlineSection, text: str
    ) -> None:
        """Build the field for the section."""
        super().__init__(data, initial={"text": text})
        self.fields["text"] = LongTextField(
            label=_("Text of this section"),
            help_text=section.hint,
            max_length=section.max_length,
            rows=16,
        )
        hint = "id_text_helptext " if section.hint else ""
        self.fields["text"].widget.attrs |= {
            "aria-describedby": f"{hint}id_text_count id_text_error",
            "data-count": "id_text_count",
        }
