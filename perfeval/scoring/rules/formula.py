"""A formula of a scheme over named figures: read by its own small grammar, computed exactly.

``weight × min(1, spent ÷ budget)`` knows + − × ÷ % ( ), ``min`` ``max`` ``abs`` ``floor`` ``ceil``
and ``if(a >= b, then, else)``. Numbers are ``Fraction`` throughout. Length, depth, digits and the
size of every intermediate value are bounded, so that no text can take long or grow large; whatever
is not in the grammar is refused with its position.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

MAX_LENGTH = 500
MAX_DEPTH = 24
#: Largest numerator or denominator of any value, in bits.
MAX_BITS = 1024

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]{1,15}(?:\.[0-9]{1,12})?(?![0-9.]))|(?P<name>[a-z][a-z0-9_]{0,63})"
    r"|(?P<sign><=|>=|==|!=|[-+*/%(),<>=]))",
    re.ASCII,
)
#: Signs of paper and their plain form; one character each, so that positions stay.
_PLAIN = str.maketrans("×÷−＋（），％＜＞＝", "*/-+(),%<>=")
_TWO = {"≤": "<=", "≥": ">=", "≠": "!="}
_SHOWN = {"*": "×", "/": "÷", "-": "−", "<=": "≤", ">=": "≥", "!=": "≠", "==": "="}
_COMPARE: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
#: Functions of values, with the least and the most values that they take.
_FUNCTIONS: Mapping[str, tuple[Callable[[list[Fraction]], Fraction], int, int]] = {
    "min": (min, 2, 9),
    "max": (max, 2, 9),
    "abs": (lambda values: abs(values[0]), 1, 1),
    "floor": (lambda values: Fraction(values[0] // 1), 1, 1),
    "ceil": (lambda values: Fraction(-(-values[0] // 1)), 1, 1),
}
#: Names that no figure may have.
RESERVED = frozenset({*_FUNCTIONS, "if"})


class FormulaError(ValueError):
    """A formula that cannot be read or computed."""


class FormulaSyntax(FormulaError):
    """Something at ``position`` (from 1) that does not belong there; ``found`` is empty at the end."""

    def __init__(self, position: int, found: str) -> None:
        self.position, self.found = position, found
        super().__init__(f"position {position}: {found or 'the end'}")


class FormulaTooLarge(FormulaError):
    """Longer, deeper or with larger numbers than any scoring standard needs."""


class FormulaUnknownName(FormulaError):
    """A name that stands for no figure; ``name`` says which."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class FormulaDividesByZero(FormulaError):
    """A division whose divisor is 0."""


@dataclass(frozen=True, slots=True)
class Token:
    """A number, a name or a sign of the text, and where it stands (from 1)."""

    kind: str
    text: str
    position: int


@dataclass(frozen=True, slots=True)
class FormulaNode:
    """An operation and what it works on. ``text``: a name, a function, the signs of a chain."""

    kind: str
    text: str = ""
    value: Fraction = Fraction(0)
    parts: tuple["FormulaNode", ...] = ()


def read_formula(text: str) -> FormulaNode:
    """Return the parsed formula. Raises: FormulaSyntax, FormulaTooLarge."""
    reader = _Reader(_tokens(text))
    node = reader.chain("+-", 0)
    reader.end()
    return node


def names_of(node: FormulaNode) -> frozenset[str]:
    """Return every name that the formula reads."""
    inner = [names_of(part) for part in node.parts]
    return frozenset({node.text} if node.kind == "name" else ()).union(*inner)


def compute(node: FormulaNode, figures: Mapping[str, Fraction]) -> Fraction:
    """Return the exact value of a formula.

    Raises: FormulaUnknownName, FormulaDividesByZero, FormulaTooLarge.
    """
    value = _compute(node, figures)
    if max(abs(value.numerator), value.denominator).bit_length() > MAX_BITS:
        raise FormulaTooLarge
    return value


def with_numbers(text: str, numbers: Mapping[str, str]) -> str:
    """Return the formula as arithmetic: names replaced by their printed numbers, signs of paper."""
    shown, before = "", "("
    for token in _tokens(text):
        word = numbers.get(token.text, token.text) if token.kind == "name" else token.text
        is_tight = before == "(" or token.text in (")", ",", "%")
        is_call = token.text == "(" and before in RESERVED
        shown += ("" if is_tight or is_call else " ") + _SHOWN.get(word, word)
        before = token.text
    return shown


def _tokens(text: str) -> list[Token]:
    if len(text) > MAX_LENGTH:
        raise FormulaTooLarge
    plain = text.translate(_PLAIN)
    tokens: list[Token] = []
    at = 0
    while at < len(plain.rstrip()):
        if plain[at] in _TWO:
            tokens.append(Token("sign", _TWO[plain[at]], at + 1))
            at += 1
            continue
        match = _TOKEN.match(plain, at)
        if match is None:
            at += len(plain[at:]) - len(plain[at:].lstrip())
            if plain[at] not in _TWO:
                raise FormulaSyntax(at + 1, text[at])
            continue
        kind = str(match.lastgroup)
        tokens.append(Token(kind, match[kind], match.start(kind) + 1))
        at = match.end()
    return tokens


class _Reader:
    """Reads tokens by the grammar: chains of sums over chains of products over single values."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def next_is(self, *signs: str) -> str:
        """Return the next sign when it is one of ``signs``, and step over it; else nothing."""
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind == "sign" and token.text in signs:
                self.at += 1
                return token.text
        return ""

    def need(self, *signs: str) -> str:
        """Step over one of ``signs`` and return it. Raises: FormulaSyntax when none is next."""
        return self.next_is(*signs) or self.refuse()

    def refuse(self) -> NoReturn:
        """Raise FormulaSyntax at the next token or the end."""
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            raise FormulaSyntax(token.position, token.text)
        last = self.tokens[-1] if self.tokens else Token("", "", 1)
        raise FormulaSyntax(last.position + len(last.text), "")

    def end(self) -> None:
        """Raise FormulaSyntax unless everything was read."""
        if self.at < len(self.tokens):
            self.refuse()

    def chain(self, signs: str, depth: int) -> FormulaNode:
        """Return a sum (``+-``) or a product (``*/``): its parts, and the sign before each."""
        if depth > MAX_DEPTH:
            raise FormulaTooLarge
        parts, before = [self.link(signs, depth)], signs[0]
        while sign := self.next_is(*signs):
            before += sign
            parts.append(self.link(signs, depth))
        return parts[0] if len(parts) == 1 else FormulaNode("chain", before, parts=tuple(parts))

    def link(self, signs: str, depth: int) -> FormulaNode:
        """Return one part of a chain: a product in a sum, a single value in a product."""
        return self.chain("*/", depth) if signs == "+-" else self.single(depth)

    def single(self, depth: int) -> FormulaNode:
        """Return a number, a name, a call, something in brackets, each perhaps with − or %."""
        if depth > MAX_DEPTH:
            raise FormulaTooLarge
        if sign := self.next_is("-", "+"):
            return FormulaNode("chain", sign, parts=(self.single(depth + 1),))
        if self.next_is("("):
            node = self.chain("+-", depth + 1)
            self.need(")")
        else:
            node = self.word(depth)
        if self.next_is("%"):
            node = FormulaNode(
                "chain", "*/", parts=(node, FormulaNode("number", value=Fraction(100)))
            )
        return node

    def word(self, depth: int) -> FormulaNode:
        """Return a number, a name or a call."""
        if self.at >= len(self.tokens) or self.tokens[self.at].kind == "sign":
            self.refuse()
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "number":
            return FormulaNode("number", value=Fraction(token.text))
        if token.text in RESERVED:
            return self.call(token, depth)
        return FormulaNode("name", token.text)

    def call(self, token: Token, depth: int) -> FormulaNode:
        """Return the call of a function with its values."""
        self.need("(")
        if token.text == "if":
            left = self.chain("+-", depth + 1)
            sign = self.need(*_COMPARE)
            parts = [left, self.chain("+-", depth + 1)]
            for _ in range(2):
                self.need(",")
                parts.append(self.chain("+-", depth + 1))
            self.need(")")
            return FormulaNode("if", sign, parts=tuple(parts))
        parts = [self.chain("+-", depth + 1)]
        while self.next_is(","):
            parts.append(self.chain("+-", depth + 1))
        self.need(")")
        _, least, most = _FUNCTIONS[token.text]
        if not least <= len(parts) <= most:
            raise FormulaSyntax(token.position, token.text)
        return FormulaNode("call", token.text, parts=tuple(parts))


def _compute(node: FormulaNode, figures: Mapping[str, Fraction]) -> Fraction:
    if node.kind == "number":
        return node.value
    if node.kind == "name":
        if node.text not in figures:
            raise FormulaUnknownName(node.text)
        return figures[node.text]
    if node.kind == "if":
        left, right = compute(node.parts[0], figures), compute(node.parts[1], figures)
        return compute(node.parts[2 if _COMPARE[node.text](left, right) else 3], figures)
    values = [compute(part, figures) for part in node.parts]
    if node.kind == "call":
        return _FUNCTIONS[node.text][0](values)
    *_, value = _running(node.text, values)
    return value


def _running(signs: str, values: list[Fraction]) -> Iterator[Fraction]:
    """Yield the value of a chain after each of its parts, held to the largest size."""
    total = Fraction(0) if signs[0] in "+-" else Fraction(1)
    for sign, value in zip(signs, values, strict=True):
        if sign == "/" and not value:
            raise FormulaDividesByZero
        match sign:
            case "+":
                total += value
            case "-":
                total -= value
            case "*":
                total *= value
            case _:
                total /= value
        if max(abs(total.numerator), total.denominator).bit_length() > MAX_BITS:
            raise FormulaTooLarge
        yield total
