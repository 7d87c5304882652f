"""The field that a signature fills: tagged, named, and seen on no page.

pyHanko's own fields are not part of the tagged structure, which PDF/UA asks for. The appearance is empty: the field
has no extent and needs none, but readers warn where there is none.
Source: ISO 14289-1, 7.18.4; ISO 19005-3, 6.3.
"""

from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

SIGNATURE_FIELD = "Signature"
_PRINTED_AND_LOCKED = 4 + 128
_LAST_PAGE = -1


def add_signature_field(writer: Any, label: str) -> None:
    """Add the empty field to the last page of the file that ``writer`` extends; ``label`` is read out for it."""
    page = writer.find_page_for_modification(_LAST_PAGE)[0]
    structure = writer.root["/StructTreeRoot"]
    key = _next_key(structure)
    nowhere = generic.ArrayObject([generic.NumberObject(0)] * 4)
    appearance = writer.add_object(
        generic.StreamObject(
            {
                pdf_name("/Type"): pdf_name("/XObject"),
                pdf_name("/Subtype"): pdf_name("/Form"),
                pdf_name("/BBox"): nowhere,
                pdf_name("/Resources"): generic.DictionaryObject(),
            },
            stream_data=b"",
        )
    )
    field = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/Widget"),
                pdf_name("/FT"): pdf_name("/Sig"),
                pdf_name("/T"): generic.pdf_string(SIGNATURE_FIELD),
                pdf_name("/TU"): generic.pdf_string(label),
                pdf_name("/Contents"): generic.pdf_string(label),
                pdf_name("/Rect"): nowhere,
                pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): appearance}),
                pdf_name("/F"): generic.NumberObject(_PRINTED_AND_LOCKED),
                pdf_name("/P"): page,
                pdf_name("/StructParent"): generic.NumberObject(key),
            }
        )
    )
    writer.register_annotation(page, field)
    writer.root["/AcroForm"] = writer.add_object(
        generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject([field])})
    )
    writer.update_root()
    _tag(writer, structure, field, page, key)


def _next_key(structure: Any) -> int:
    """Return the first number that the structure's parent tree does not use."""
    if "/ParentTreeNextKey" in structure:
        return int(structure["/ParentTreeNextKey"])
    return max(_keys(structure["/ParentTree"]), default=-1) + 1


def _keys(tree: Any) -> list[int]:
    own = [int(key) for key in tree.get("/Nums", ())[::2]]
    return own + [key for kid in tree.get("/Kids", ()) for key in _keys(kid)]


def _tag(writer: Any, structure: Any, field: Any, page: Any, key: int) -> None:
    """Hang the field at the end of the structure and note it in the parent tree."""
    kids = structure["/K"]
    document = kids[0] if isinstance(kids, generic.ArrayObject) else kids
    owner = kids.raw_get(0) if isinstance(kids, generic.ArrayObject) else structure.raw_get("/K")
    held = generic.DictionaryObject(
        {pdf_name("/Type"): pdf_name("/OBJR"), pdf_name("/Obj"): field, pdf_name("/Pg"): page}
    )
    element = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/StructElem"),
                pdf_name("/S"): pdf_name("/Form"),
                pdf_name("/P"): owner,
                pdf_name("/Pg"): page,
                pdf_name("/K"): held,
            }
        )
    )
    if not isinstance(document.get("/K"), generic.ArrayObject):
        document["/K"] = generic.ArrayObject([document.raw_get("/K")])
    document["/K"].append(element)
    writer.update_container(document["/K"])
    writer.update_container(document)
    parents = structure["/ParentTree"]
    number = generic.NumberObject(key)
    if "/Nums" in parents:
        parents["/Nums"].extend([number, element])
        writer.update_container(parents["/Nums"])
    else:
        leaf = generic.DictionaryObject(
            {
                pdf_name("/Nums"): generic.ArrayObject([number, element]),
                pdf_name("/Limits"): generic.ArrayObject([number, number]),
            }
        )
        parents["/Kids"].append(writer.add_object(leaf))
        writer.update_container(parents["/Kids"])
    writer.update_container(parents)
    structure["/ParentTreeNextKey"] = generic.NumberObject(key + 1)
    writer.update_container(structure)
