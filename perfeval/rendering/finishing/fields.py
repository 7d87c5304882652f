"""The empty field that a signature fills: tagged, named, and seen on no page.

It is made with the file, not by the signer, so that the signed file is tagged like the unsigned one.
Source: ISO 14289-1, 7.18.4; ISO 19005-3, 6.3 (a field without extent needs no appearance).
"""

from typing import Any

import pydyf

from perfeval.rendering.finishing.objects import add, resolve

SIGNATURE_FIELD = "Signature"
_PRINTED_AND_LOCKED = 4 + 128


def add_signature_field(pdf: Any, label: str) -> None:
    """Add the field to the last page and to WeasyPrint's structure; ``label`` is read out for it."""
    references = pdf.page_references
    page = resolve(pdf, references[-1])
    numbers = [resolve(pdf, reference).get("StructParent", -1) for reference in _annotations(pdf)]
    field = add(
        pdf,
        pydyf.Dictionary(
            {
                "Type": "/Annot",
                "Subtype": "/Widget",
                "FT": "/Sig",
                "T": pydyf.String(SIGNATURE_FIELD),
                "TU": pydyf.String(label),
                "Contents": pydyf.String(label),
                "Rect": pydyf.Array([0, 0, 0, 0]),
                "F": _PRINTED_AND_LOCKED,
                "P": references[-1],
                "StructParent": max([len(references) - 1, *numbers]) + 1,
            }
        ),
    )
    page.setdefault("Annots", pydyf.Array()).append(field.reference)
    form = add(pdf, pydyf.Dictionary({"Fields": pydyf.Array([field.reference])}))
    pdf.catalog["AcroForm"] = form.reference
    _tag(pdf, field, references[-1])


def _annotations(pdf: Any) -> list[bytes]:
    return [
        reference
        for page in pdf.page_references
        for reference in resolve(pdf, page).get("Annots", ())
    ]


def _tag(pdf: Any, field: Any, page: bytes) -> None:
    """Hang the field at the end of the structure."""
    root = resolve(pdf, pdf.catalog["StructTreeRoot"])
    document = resolve(pdf, root["K"][0])
    held = add(pdf, pydyf.Dictionary({"Type": "/OBJR", "Obj": field.reference, "Pg": page}))
    element = pydyf.Dictionary(
        {
            "Type": "/StructElem",
            "S": "/Form",
            "P": document.reference,
            "K": pydyf.Array([held.reference]),
        }
    )
    document["K"].append(add(pdf, element).reference)
