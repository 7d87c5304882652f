"""Which characters the fonts of the pack hold."""

from pathlib import Path

STANDARD_LIST = Path(__file__).parent.parent / "data" / "general_standard_8105.txt"

SYMBOLS = (
    "·×÷±°§µ¥£€®©²³¹¼½¾"
    "‐–—―‖‘’“”†‡•…‰′″※℃℅℉№℡™Ω"
    "←↑→↓↖↗↘↙⇒⇔∀∈∏∑∕√∝∞∟∠∣∥∧∨∩∪∫∮∴∵∶∷∽≈≌≒≠≡≤≥≦≧≪≫≮≯⊕⊙⊥⊿⌒"
    "■□▢▣▪▫▲△▶▷▼▽◆◇○◎●◐◢◣◤◥★☆☐☑☒☎✓✔✗✘"
    "〇々〆〈〉《》「」『』【】〒〔〕〖〗〝〞"
    "㎎㎏㎜㎝㎞㎡㏄㏑㏒㏕㈱㊣"
)
SPACES = frozenset({0x20, 0xA0, 0x3000, *range(0x2000, 0x2010)})
"""In every font, also in one that only fills gaps: Pango draws a space in the font of the character before it, whether
that font has one or not, and would print an empty box."""
FIGURES = range(0x21, 0x7F)
"""What of ASCII is drawn: a font may have these from another."""
SYMBOL_RANGES = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0xFF),  # Latin-1
    (0x2010, 0x2027),  # dashes, quotation marks, ellipses
    (0x2070, 0x209C),  # raised and lowered figures
    (0x2160, 0x217B),  # Roman numerals
    (0x2460, 0x249B),  # ① to ⒛
    (0x2500, 0x257F),  # box drawing
    (0x2581, 0x258F),  # blocks
    (0x3000, 0x303F),  # Chinese punctuation
    (0x3220, 0x3229),  # ㈠ to ㈩
    (0x32C0, 0x32CB),  # months
    (0xFE30, 0xFE4F),  # vertical punctuation
    (0xFF01, 0xFF5E),  # full-width ASCII
    (0xFFE0, 0xFFE6),  # full-width currency
)


def standard_characters() -> frozenset[int]:
    """Return the 8,105 characters of the general standard list."""
    lines = STANDARD_LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(ord(char) for line in lines if not line.startswith("#") for char in line)


def codec_characters(codec: str) -> frozenset[int]:
    """Return the characters of a two-byte Chinese codec of Python, without its private-use ones."""
    found: set[int] = set()
    for first in range(0x81, 0xFF):
        for second in range(0x40, 0xFF):
            try:
                text = bytes((first, second)).decode(codec)
            except UnicodeDecodeError:
                continue
            if len(text) == 1 and not 0xE000 <= ord(text) <= 0xF8FF:
                found.add(ord(text))
    return frozenset(found)


def needed_characters() -> frozenset[int]:
    """Return what a report can need: the general standard list, GB 2312, punctuation, symbols, frames."""
    symbols = {point for first, last in SYMBOL_RANGES for point in range(first, last + 1)}
    return (
        standard_characters()
        | codec_characters("gb2312")
        | symbols
        | {ord(char) for char in SYMBOLS}
    )
