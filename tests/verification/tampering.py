"""Changes a PDF as somebody would who wants another figure in it: in the pages, in the data, in the file."""

import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

_TO_UNICODE = re.compile(r"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]{4})>")
_DIGITS = "0123456789"


@dataclass(frozen=True)
class Digit:
    """A digit on a page: where it stands in the content, and what it is."""

    page: int
    instruction: int
    part: int
    offset: int
    digit: str
    other: str
    other_code: bytes


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    """Return the file as pikepdf writes it, the same each time."""
    written = BytesIO()
    pdf.save(written, deterministic_id=True, **options)
    return written.getvalue()


def opened(data: bytes) -> pikepdf.Pdf:
    """Return the file opened for changes."""
    return pikepdf.open(BytesIO(data))


def digits(data: bytes) -> list[Digit]:
    """Return every digit on the pages that another digit of the same font can replace; page numbers too."""
    pdf = opened(data)
    return [one for page in range(len(pdf.pages)) for one in _digits_of(pdf, page)]


def _digits_of(pdf: pikepdf.Pdf, page: int) -> Iterator[Digit]:
    fonts = pdf.pages[page].resources.Font
    maps = {name: _digit_codes(font) for name, font in fonts.items()}
    codes: dict[str, bytes] = {}
    for place, (operands, operator) in enumerate(pikepdf.parse_content_stream(pdf.pages[page])):
        if str(operator) == "Tf":
            codes = maps[str(operands[0])]
        for part, text in enumerate(_strings(operands, str(operator))):
            raw = bytes(text) if text is not None else b""
            for offset in range(0, len(raw), 2):
                digit = next(
                    (d for d, code in codes.items() if code == raw[offset : offset + 2]), ""
                )
                other = next((d for d in codes if digit and d > digit), next(iter(codes), ""))
                if digit and other != digit:
                    yield Digit(page, place, part, offset, digit, other, codes[other])


def _strings(operands: list, operator: str) -> list:
    if operator == "Tj":
        return [operands[0]]
    if operator == "TJ":
        return [one if isinstance(one, pikepdf.String) else None for one in operands[0]]
    return []


def _digit_codes(font: pikepdf.Object) -> dict[str, bytes]:
    """Return the codes of the digits of a font, in the order of the digits."""
    mapped = _TO_UNICODE.findall(font.ToUnicode.read_bytes().decode("latin-1"))
    codes = {chr(int(character, 16)): bytes.fromhex(code) for code, character in mapped}
    return {digit: codes[digit] for digit in _DIGITS if digit in codes}


def with_digit(data: bytes, one: Digit) -> bytes:
    """Return the file with this one digit drawn as another."""
    pdf = opened(data)
    page = pdf.pages[one.page]
    content = list(pikepdf.parse_content_stream(page))
    operands, operator = content[one.instruction]
    if str(operator) == "Tj":
        operands = [_replaced(operands[0], one)]
    else:
        parts = list(operands[0])
        parts[one.part] = _replaced(parts[one.part], one)
        operands = [pikepdf.Array(parts)]
    content[one.instruction] = (operands, operator)
    page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(content))
    return saved(pdf)


def seen_otherwise(data: bytes, one: Digit) -> bytes:
    """Return the file with this one digit seen as another, while text that is copied is the same as before."""
    pdf = opened(data)
    page = pdf.pages[one.page]
    content = list(pikepdf.parse_content_stream(page))
    fonts = page.resources.Font
    name, size = next(
        operands for operands, operator in content[one.instruction :: -1] if str(operator) == "Tf"
    )
    other = pikepdf.Dictionary(dict(fonts[name].items()))
    mapped = fonts[name].ToUnicode.read_bytes().decode("latin-1")
    code = one.other_code.hex()
    told = re.sub(
        rf"<{code}>\s*<[0-9a-f]{{4}}>",
        f"<{code}> <{ord(one.digit):04x}>",
        mapped,
        flags=re.IGNORECASE,
    )
    other.ToUnicode = pdf.make_stream(told.encode("latin-1"))
    fonts["/Other"] = pdf.make_indirect(other)
    operands, operator = content[one.instruction]
    parts = list(operands[0]) if str(operator) == "TJ" else [operands[0]]
    raw = bytes(parts[one.part])
    before = [*parts[: one.part], pikepdf.String(raw[: one.offset])]
    after = [pikepdf.String(raw[one.offset + 2 :]), *parts[one.part + 1 :]]
    show, use = pikepdf.Operator("TJ"), pikepdf.Operator("Tf")
    content[one.instruction : one.instruction + 1] = [
        ([pikepdf.Array(before)], show),
        ([pikepdf.Name.Other, size], use),
        ([pikepdf.Array([pikepdf.String(one.other_code)])], show),
        ([name, size], use),
        ([pikepdf.Array(after)], show),
    ]
    page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(content))
    return saved(pdf)


def painted_over(
    data: bytes, page: int, box: tuple[float, float, float, float], *, update: bool
) -> bytes:
    """Return the file with a white area on a page (left, bottom, width, height), as an update behind it or saved anew."""
    drawn = "q 1 1 1 rg {} {} {} {} re f Q".format(*box).encode()
    if not update:
        pdf = opened(data)
        pdf.pages[page].contents_add(drawn)
        return saved(pdf)
    writer = IncrementalPdfFileWriter(BytesIO(data))
    writer.add_stream_to_page(page, writer.add_object(generic.StreamObject(stream_data=drawn)))
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def _replaced(text: pikepdf.Object, one: Digit) -> pikepdf.String:
    raw = bytes(text)
    return pikepdf.String(raw[: one.offset] + one.other_code + raw[one.offset + 2 :])


def attached(data: bytes, name: str) -> str:
    """Return an attached text."""
    pdf = opened(data)  # kept: its objects do not outlive it
    return pdf.attachments[name].get_file().read_bytes().decode()


def with_attached(data: bytes, name: str, text: str) -> bytes:
    """Return the file with another text attached under this name."""
    pdf = opened(data)
    specification = pdf.attachments[name].obj
    specification.EF.F.write(text.encode())
    return saved(pdf)


def figures_in(text: str) -> list[int]:
    """Return the places of digits in a JSON text that stand in quoted or bare numbers, hashes left out."""
    hashes = [match.span() for match in re.finditer(r'"[0-9a-f]{64}"', text)]
    return [
        match.start()
        for match in re.finditer(r"\d", text)
        if not any(start <= match.start() < end for start, end in hashes)
    ]


def with_other_digit(text: str, place: int) -> str:
    """Return the text with the digit at this place one higher (9 becomes 8)."""
    digit = int(text[place])
    return f"{text[:place]}{digit + 1 if digit < 9 else 8}{text[place + 1 :]}"


def is_json(text: str) -> bool:
    """Return whether the text still is JSON."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def pages_changed(data: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """Return the file after ``change`` was done to it."""
    pdf = opened(data)
    change(pdf)
    return saved(pdf)


def saved_locked(data: bytes, *, user: str) -> bytes:
    """Return the file encrypted; with an empty ``user`` password anybody may read but not change it."""
    written = BytesIO()
    opened(data).save(written, encryption=pikepdf.Encryption(owner="owner", user=user))
    return written.getvalue()


def blow_up(pdf: pikepdf.Pdf) -> None:
    """Attach a text of 1.2 GB that is packed into a few megabytes."""
    packer = zlib.compressobj(1)
    block = b"0" * (16 * 1024 * 1024)
    packed = b"".join(packer.compress(block) for _ in range(75)) + packer.flush()
    file = pdf.attachments["report.json"].obj.EF.F
    file.write(packed, filter=pikepdf.Name.FlateDecode)
