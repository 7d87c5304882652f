"""Forms of the import of a scheme: the file, how its columns are read, what names the draft."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from perfeval.reading.bounds import MOST_WORKBOOK_BYTES
from perfeval.reading.refusals import WorkbookRefused
from perfeval.reading.services import read_workbook
from perfeval.schemes.models import Scheme
from perfeval.schemes.queries import as_scoring_scheme, issued_schemes
from perfeval.scoring.scheme import tree as frozen
from perfeval.scoring.scheme.reading import SchemeProblems, read_draft
from perfeval.sheets.columns import ColumnRole
from perfeval.sheets.exporting import scheme_as_grids
from perfeval.sheets.grid import Grid, cell_name, grid_as_json, grid_from_json
from perfeval.sheets.importing import Head, Import, skeleton
from perfeval.web.schemes.importing_page import ROLE_NAMES
from perfeval.words.rules import meaning_on_sheet
from perfeval.words.scoring import describe_format_problem
from perfeval.words.sheets import describe_refusal

_SALT = "perfeval.web.schemes.importing"
_DAY = 24 * 3600
#: More than this does not fit into a form; a sheet of 300 indicators takes 40 KB.
MOST_TOKEN = 1_500_000
_CODE = RegexValidator(
    r"\A[a-z][a-z0-9_]{0,63}\Z", _("Small letters, digits and _ only, a letter first.")
)


def as_token(grids: tuple[Grid, ...]) -> str:
    """Return the sheets, signed, to be carried by the form: the server keeps nothing."""
    return signing.dumps([grid_as_json(grid) for grid in grids], salt=_SALT, compress=True)


def from_token(token: str) -> tuple[Grid, ...]:
    """Return the sheets that a form carried.

    Raises: signing.BadSignature when it is not ours or older than a day.
    """
    data = signing.loads(token, salt=_SALT, max_age=_DAY)
    return tuple(grid_from_json(one) for one in data)


class UploadForm(forms.Form):
    """Asks for the workbook; ``grids`` holds its sheets when the form is valid."""

    file = forms.FileField(
        label=_("Excel workbook (.xlsx)"),
        help_text=_(
            "The sheet as the finance bureau issued it, or a file that was exported here (.xlsx, .toml). "
            "It is read and shown first; nothing is stored before you confirm."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.toml"}),
    )
    grids: tuple[Grid, ...] = ()
    token: str = ""

    def clean_file(self) -> UploadedFile:
        """Read the file. Raises: ValidationError with the reason."""
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > MOST_WORKBOOK_BYTES:
            raise forms.ValidationError(
                describe_refusal(
                    WorkbookRefused("too-large", megabytes=str(MOST_WORKBOOK_BYTES // 2**20))
                )
            )
        data = upload.read()
        if (upload.name or "").lower().endswith(".toml"):
            self.grids = _grids_of_toml(data)
        else:
            try:
                self.grids = read_workbook(data)
            except WorkbookRefused as refused:
                raise forms.ValidationError(describe_refusal(refused)) from refused
        self.token = as_token(self.grids)
        if len(self.token) > MOST_TOKEN:
            raise forms.ValidationError(
                _("The workbook holds too much text. Send only the sheet of the indicators.")
            )
        return upload


def _grids_of_toml(data: bytes) -> tuple[Grid, ...]:
    """Return a scheme file as the sheets that it would be. Raises: ValidationError."""
    try:
        return scheme_as_grids(read_draft(data.decode()), meaning_on_sheet)
    except UnicodeDecodeError as error:
        raise forms.ValidationError(_("This is no text file in UTF-8.")) from error
    except SchemeProblems as refused:
        told = [describe_format_problem(one) for one in refused.problems]
        raise forms.ValidationError(told) from refused


class ReadingForm(forms.Form):
    """How the sheets are read: which one, what its columns mean, which scheme gives the rest."""

    sheet = forms.CharField(required=False)
    base = forms.ChoiceField(
        label=_("Take what the sheet does not say from"),
        help_text=_(
            "Budget table, goals, grades, outline and phrases; and the rules of indicators whose names, "
            "weight and standard are the same."
        ),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the issued schemes."""
        super().__init__(*args, **kwargs)
        self._rows = {f"{row.code}/{row.version}": row for row in issued_schemes()}
        base = self.fields["base"]
        assert isinstance(base, forms.ChoiceField)  # noqa: S101 - for mypy
        base.choices = [
            ("", _("a general template")),
            *((key, f"{row.name} ({row.version})") for key, row in self._rows.items()),
        ]

    def clean_base(self) -> str:
        """Return the key of a scheme that is there."""
        key: str = self.cleaned_data["base"]
        return key if key in self._rows else ""

    def base_scheme(self) -> frozen.Scheme:
        """Return the chosen scheme, the general template when none was."""
        row = self._rows.get(self.cleaned_data.get("base", ""))
        return as_scoring_scheme(row) if row else skeleton()

    def roles(self) -> dict[int, ColumnRole] | None:
        """Return what a person said the columns mean, None when nobody did."""
        known = {role.value: role for role in ColumnRole}
        found = {
            int(name.removeprefix("column-")): known[str(value)]
            for name, value in self.data.items()
            if name.startswith("column-") and name[7:].isdecimal() and str(value) in known
        }
        return found or None


class ImportHeadForm(forms.Form):
    """What names the draft."""

    name = forms.CharField(label=_("Name"), max_length=200)
    code = forms.CharField(
        label=_("Code"),
        max_length=64,
        help_text=_("Names the scheme in addresses and files, for instance guangzhou_2024."),
        validators=[_CODE],
    )
    version = forms.IntegerField(label=_("Version"), min_value=1, max_value=9999)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    authority = forms.CharField(label=_("Issued by"), max_length=120)
    source = forms.CharField(
        label=_("Source"),
        help_text=_("Number and date of the document that the sheet belongs to."),
        max_length=2000,
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a code and version that are stored already."""
        data = super().clean() or {}
        code, version = data.get("code"), data.get("version")
        if code and version and Scheme.objects.filter(code=code, version=version).exists():
            self.add_error("version", _("This version of the scheme exists already."))
        return data

    def head(self) -> Head:
        """Return the typed values."""
        names = ("code", "version", "name", "authority", "year", "source")
        return Head(**{name: self.cleaned_data[name] for name in names})


def first_head(found: Import, this_year: int) -> dict[str, Any]:
    """Return what the sheet itself says of its name, year and the like."""
    year = found.year or this_year
    tables: Mapping[str, Any] = found.tables or {}
    code = str(tables.get("code", f"scheme_{year}"))
    latest = Scheme.objects.filter(code=code).order_by("-version").first()
    version = int(tables.get("version", 1))
    if latest:
        version = max(version, latest.version + 1)
    return {
        "name": found.title,
        "code": code,
        "version": version,
        "year": year,
        "authority": tables.get("authority", ""),
        "source": tables.get("source", ""),
    }


def column_choices(found: Import, grids: tuple[Grid, ...]) -> list[dict[str, Any]]:
    """Return each column with its heading, what it is read as, and what it may be."""
    if found.header is None:
        return []
    grid = next((one for one in grids if one.name == found.sheet), None)
    columns = grid.columns if grid else ()
    names: Mapping[ColumnRole, Promise] = ROLE_NAMES
    return [
        {
            "name": f"column-{column}",
            "letter": cell_name(1, column)[:-1],
            "heading": " / ".join(found.header.texts.get(column, ())),
            "options": [
                (
                    role.value,
                    name,
                    found.header.roles.get(column, ColumnRole.IGNORED) is role,
                )
                for role, name in names.items()
            ],
        }
        for column in columns
    ]
