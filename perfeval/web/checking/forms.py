"""The form of the checker: what is checked, by which scheme, and whether it is kept."""

from collections import Counter
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perfeval.checking.services import LONGEST_TEXT
from perfeval.schemes import models
from perfeval.schemes.queries import finished_schemes


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Takes several files; each is read later, one after the other."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return the list of files, empty when none was sent."""
        several = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(file, initial) for file in several]


class CheckForm(forms.Form):
    """Asks for files or a text, and for the scheme whose grades count."""

    reports = FilesField(
        label=gettext_lazy("Finished reports"),
        help_text=gettext_lazy(
            "PDF, OFD, Word (.docx), Excel (.xlsx, .xls) or text; several at once, or a ZIP of a whole district. Files are read and forgotten unless you ask to keep one."
        ),
        required=False,
        allow_empty_file=True,
        widget=FilesInput(attrs={"accept": ".pdf,.ofd,.docx,.xlsx,.xls,.txt,.md,.zip"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste the text"),
        required=False,
        strip=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    scheme = forms.ChoiceField(
        label=gettext_lazy("Indicator system (optional)"),
        help_text=gettext_lazy(
            "Its grades and full score are taken; without one, the common grades, as warnings only."
        ),
        required=False,
    )

    keep = forms.BooleanField(
        label=gettext_lazy("Keep the report with its findings; only you see it"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every scheme that was issued, its version named where there are several."""
        super().__init__(*args, **kwargs)
        self._schemes = {f"{row.code}:{row.version}": row for row in finished_schemes()}
        versions = Counter(row.code for row in self._schemes.values())
        scheme = self.fields["scheme"]
        assert isinstance(scheme, forms.ChoiceField)  # noqa: S101 - for mypy
        scheme.choices = [
            ("", "—"),
            *(
                (key, _named(row) if versions[row.code] > 1 else row.name)
                for key, row in self._schemes.items()
            ),
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for something to check."""
        data = super().clean() or {}
        if not self.errors and not data.get("reports") and not (data.get("text") or "").strip():
            self.add_error("reports", gettext_lazy("Choose a file or paste a text."))
        return data

    def chosen_scheme(self) -> models.Scheme | None:
        """Return the scheme that was chosen."""
        return self._schemes.get(self.cleaned_data["scheme"])


def _named(scheme: models.Scheme) -> str:
    """Return the name of one of several versions."""
    return _("%(name)s, version %(version)s") % {"name": scheme.name, "version": scheme.version}
