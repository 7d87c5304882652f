"""The words of scoring standards that carry points, found in a text: what is earned, lost, capped.

``prepared`` makes a text plain, ``marks`` finds every word of it that gives or takes points or says
how; ``clauses`` puts them together with what stands between.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from perfeval.sheets.numbers import UNIT, half_width, with_digits

#: Stands before each item of a list, in place of its number.
ITEM = "¶"
#: What ends a sentence.
ENDS = f";。{ITEM}"

N = r"\d{1,9}(?:\.\d{1,6})?"
_CHINESE = "[一二三四五六七八九十]"
_CIRCLED = re.compile(r"[①-⑳⑴-⒛Ⓐ-ⓏⅠ-ⅻ㈠-㈩㊀-㊉]+[.、．)）]?")
_NUMBERED = re.compile(
    rf"(?:(?<=^)|(?<=[;。:,)分止{ITEM}\n]))(?:\(?\d{{1,2}}\)(?![-×÷])|\d{{1,2}}[.、](?!\d)|{_CHINESE}{{1,2}}、"
    rf"|\({_CHINESE}{{1,2}}\)|\(?[A-Ha-h][.、)]|其[{_CHINESE[1:-1]}][,、是:])(?=[^\d%分])"
)
_SECTIONS = (
    "评分标准|评分细则|评分办法|评分方法|评分规则|计分方法|计分标准|计分办法|计分规则|考核标准|打分标准|扣分标准|得分标准"
    "|评价标准"
)
_ASIDES = (
    "评价依据|评分依据|打分依据|指标解释|指标说明|指标释义|指标含义|数据来源|资料来源|佐证材料|佐证资料|证明材料"
    "|考核依据|备注|取数来源|数据口径|评价方法"
)
_SECTION = re.compile(rf"[【\[]?(?:(?P<own>{_SECTIONS})|(?P<aside>{_ASIDES}))[】\]]?:")


class MarkKind(StrEnum):
    """What a mark says."""

    EARN = "earn"  # points that a condition earns
    LOSE = "lose"  # points that a condition costs
    KEEP = "keep"  # nothing is lost
    EACH_HOLDS = "each_holds"  # what each of several things holds: 各1分
    RANGE = "range"  # points between two: an assessor chooses
    LEVEL = "level"  # a share between two
    VAGUE = "vague"  # points without a number
    ADD = "add"
    JUDGE = "judge"
    VETO = "veto"
    FLOOR = "floor"  # until nothing is left
    LOSS_CAP = "loss_cap"
    GAIN_CAP = "gain_cap"
    FULL_MARKS = "full_marks"
    PARTIAL = "partial"  # what a part of a step costs
    PROPORTION = "proportion"
    CONVERTED = "converted"
    FORMULA = "formula"
    DEFINITION = "definition"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that carries points, ``start`` to ``end`` of the text.

    ``points``: what it says, None where it says none. ``said``: the text. ``unit``: of 扣1分/次.
    ``is_full``: it says 满分. ``is_told``: with a verb (得) and not a bare number.
    """

    kind: MarkKind
    start: int
    end: int
    said: str
    points: Decimal | None = None
    unit: str = ""
    is_full: bool = False
    is_told: bool = True
    expression: str = ""
    step: Decimal | None = None


def prepared(text: str) -> str:
    """Return a text in half-width signs without spaces, with digits, list numbers as ``ITEM``."""
    text = _CIRCLED.sub(ITEM, text.replace("㎡", "平方米"))
    text = half_width(text)
    text = re.sub(r"(?<=[分止。;])\s*\n\s*", f"{ITEM}", text.strip())
    text = re.sub(rf"\s*\n\s*(?=[【\[]?(?:{_SECTIONS}|{_ASIDES})[】\]]?:)", "。", text)
    text = re.sub(r"(?<=[\u4e00-\u9fff]{3})\n(?=每|得|扣|按|未)", "。", text)
    text = re.sub(r"[^\S\n]+", "", text)
    text = _NUMBERED.sub(ITEM, text).replace("\n", "")
    for signs, plain in _SIGNS:
        text = signs.sub(plain, text)
    return with_digits(text).strip(f";。,、{ITEM if text.count(ITEM) == 1 else ''}")


_SIGNS = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"[—–―−〜~∼]+|-{2,}", "-"),
        (r">=|=>|≧|⩾|≥", "≥"),
        (r"<=|=<|≦|⩽|≤", "≤"),
        (r"[×*✕xX]100%", ""),
        (r"[✕＊*]", "×"),
        (r"(?<=[\d)%\u4e00-\u9fff\]])[xX](?=[\d(\u4e00-\u9fff])", "×"),
        (r"乘以|乘(?=\d)", "×"),
        (r"除以|÷", "÷"),
        (r"(?<![\d.÷])([1-9])/([1-9])(?=[的权分标,;。]|$)", r"\2分之\1"),
        (rf"(?<=[\u4e00-\u9fff)\d%])/(?!{UNIT}(?:[,;。)]|$))(?=[\d(\u4e00-\u9fff\[])", "÷"),
        (r"\([A-Z][÷/][A-Z]\)|(?<=[\u4e00-\u9fff])\([A-Z]\)", ""),
        (r"得分系数(?:为|=|按)100%(?:计算|计)?", "得满分"),
        (r"得分系数=([^,;。]{1,80})", r"得分=\1×分值"),
        (
            r"[,;。](?:本项|该项|指标)?得分=(?:(?:该|本)?(?:项|指标)?(?:权重|分值)×得分系数|得分系数×(?:(?:该|本)?(?:项|指标)?(?:权重|分值)))(?=[,;。]|$)",
            "",
        ),
        (r"[!！?？]", "。"),
    )
)


def scoring_part(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a prepared text without what stands around the standard, and those asides.

    评价依据：…, 指标解释：… and the like are asides until the next heading.
    """
    heads = list(_SECTION.finditer(text))
    if not heads:
        return text, ()
    kept, asides = [text[: heads[0].start()]], []
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        body = text[head.end() : following.start() if following else len(text)]
        if head["own"]:
            kept.append(body)
            continue
        aside, _, rest = body.partition("。")
        asides.append(aside)
        (kept if re.search("[扣得计]", rest) else asides).append(rest)
    return "。".join(one.strip(";。,") for one in kept if one.strip(";。,")), tuple(asides)


_OWN = r"(?:(?:该|本|此|相应|对应|各|全部|这一)?(?:单?项|指标|三级指标|部分|条)?(?:的)?)"
_WORD = r"(?:标准分值|标准分|权重分值|权重分数|权重分|权重值|权重|总分值|分值|总分|满分|分数|得分|指标分|分)"
_PLAIN = r"(?:标准分值|标准分|权重分值|权重分数|权重分|权重值|权重|总分值|分值|总分|满分|分数|分)"
_PART = rf"(?:{N}%|{N}分之{N}|一半|半数)"
#: A number of points that is compared is a score given elsewhere: 考核得分≥90分, 80—90分得3分.
_NO_SIGN = r"(?<![≥≤<>=于过足在至\d.])(?<!达到)(?<!不到)(?<!\d[-到])(?<!\)-)(?<!分-)"
_IS_SCORE = r"(?:\(不?含[^()]{0,6}\))?(?:之间)?(?:的|者)?,?(?:得|计|记|扣|不得|为满)"
_AMOUNT = (
    rf"(?:{_NO_SIGN}(?P<low>{N})分?(?:-|至|到)(?P<high>{N})分(?!之|钟|{_IS_SCORE})"
    rf"|{_NO_SIGN}(?P<about>{N})分(?:左右|上下|(?:以下|以上|以内)(?!{_IS_SCORE}))"
    rf"|(?P<ambiguous>{N}分之{N})分(?!值|数)"
    rf"|(?P<share_below>{N})%以下的?{_OWN}{_WORD}"
    rf"|{_OWN}{_WORD}的?(?P<share_after>{_PART})(?![-\d分])"
    rf"|(?P<share>{_PART})的?{_OWN}{_PLAIN}(?!之|值的)"
    rf"|(?P<full>满分|全分|全部(?:的)?(?:分值|分数|得分|权重)|全额分(?:值)?|{_OWN}全部分(?:值|数)?"
    rf"|(?:(?:该|本|此)(?:项|指标)(?:的)?|(?<=[得计扣除]))(?:分值|标准分值|权重分值?)(?=[,;。)]|$))"
    rf"|{_NO_SIGN}(?P<points>{N})分(?!值|钟|之|数|制|[÷×≤≥<>]|(?:以上|以下|以内|\(不?含\))))"
)


def _alternative(kind: MarkKind, pattern: str) -> str:
    """Return a pattern whose groups are named for its kind, so that many stand in one."""
    named = re.sub(r"\(\?P<(\w+)>", rf"(?P<{kind}__\1>", pattern)
    return f"(?P<{kind}>{named})"


_END = r"(?=[,;。)¶]|$)"
#: The first that fits at a place counts.
_MARKS = (
    (
        MarkKind.PARTIAL,
        (
            rf"\(?(?:不足|不满|不到|未满|不够)(?:部分|(?P<step>{N})?{UNIT})(?:的)?(?:部分)?(?:的)?,?(?:也|均|则|一律)?"
            rf"(?:(?P<share>按(?:照)?(?:实际|相应)?(?:超出|差额|折算)?比例(?:扣分|扣减|扣除|扣|计算|折算|计扣|计分|得分|给分|记分|计)?(?:分数)?)"
            rf"|(?P<none>不予?(?:扣分|扣除|扣|计分|计算|计)|的?忽略(?:不计)?|舍去|不作(?:扣分|计算)处理)"
            rf"|(?:按|以)(?P<up>{N})?{UNIT}(?:计算|计扣|计分|计|扣分|扣|算|处理|折算)*(?P<upto>))(?:分)?\)?"
        ),
    ),
    (
        MarkKind.NEUTRAL,
        (
            r"同一[^,;。]{1,10}不(?:得)?(?:重复|累计)(?:扣分|计算|扣减|扣)|(?:并|且|需|须|应)?说明(?:原因|理由|情况)|(?:另|均|依法|依规)?按(?:照)?(?:有关|相关|另行)?规定(?:另行)?(?:处理|处罚|追究[^,;。]{0,8})"
            rf"|(?:以上)?(?:各)?(?:小)?项(?:得分)?(?:累计|累加|相加)(?:计分|得分)?{_END}|\((?:按比例|下同|以下同|同上)\){_END}"
        ),
    ),
    (
        MarkKind.FLOOR,
        (
            rf",?(?:直至|直到|至|到)?(?:扣|减)(?:完|至|到|光)(?:{_OWN})(?:(?P<points>{N})分|分值|标准分值?|权重分?|满分|分数|得分|分)?(?:为止|止)(?:\((?P<whole>{N})分\))?"
            rf"|,?(?:直至|直到|至)(?:{_OWN})(?:分值|标准分值?|分数|得分)?(?:全部)?(?:扣|减)完(?:为止)?"
            rf"|,?(?:直至|直到|至)(?:扣|减)完(?:{_OWN})(?:分值|分数|分)?|(?:总分)?不(?:出现|计|得|扣|倒扣)负分|不倒扣(?:分)?|,?(?:扣|减)完为0|(?:最低|扣至)(?:得|为|到|计)?0分(?:为止)?"
        ),
    ),
    (
        MarkKind.LOSS_CAP,
        (
            rf"(?:(?:此|本|该)(?:部分|项))?(?:累计|合计|总计|总共)?(?:最[多高]|至多|累计|合计)(?:可|累计|合计|共)?(?:扣分|扣减|扣除|扣|减)(?:额)?(?:不(?:得)?超过|至|为|到)?(?P<points>{N})分(?:为止)?"
            rf"|(?:(?:此|本|该)(?:部分|项))?(?:累计|合计)?扣分(?:总[数额分])?(?:上限|限额|封顶)(?:为|是)?(?P<limit>{N})分"
            rf"|(?:(?:此|本|该)(?:部分|项))?(?:累计|合计|最[多高])?(?:扣分|扣减|扣)(?:合计|累计|总[数额分])?(?:最[多高])?不(?:得)?超过(?P<most>{N})分"
            rf"|(?:以|至)?(?:扣)?(?P<stop>{N})分(?:封顶|为限)"
        ),
    ),
    (
        MarkKind.GAIN_CAP,
        (
            rf"(?:得|加|计|记)满(?:(?P<points>{N})分)?为止"
            rf"|(?:(?:该|本)(?:项|指标)(?:得分|分值)?|总分|总得分|累计|合计|得分|总计|单项得分)*(?:最[高多](?:得分|可得|得|计|为)?(?:不(?:得)?(?:超过|高于)|为|计)?|(?:不(?:得)?(?:超过|高于|超出))|上限(?:为)?|以)(?:(?:该|本)?(?:项|指标)?(?:的)?)(?:标准分值|标准分|权重分值|权重分|权重|分值|满分|(?P<most>{N})分(?!钟))(?:值)?(?:上限|为限|封顶|为止)?"
            r"|(?:完成率|得分|比例|执行率|支出率|单项完成率)?(?:超过|大于|高于|超出)(?:分值|满分|权重|标准分|100%)(?:的|部分|者)*,?(?:按|计|以)(?:分值|满分|100%|权重|标准分)(?:计算|计分|得分|计)*"
        ),
    ),
    (
        MarkKind.FULL_MARKS,
        (
            rf"\(?(?:本项|该项|本指标|该指标|指标|考核|考评|测评|评价)?(?:满分|总分|分值|权重|共计|合计|共)(?:值)?(?:为|是|计|:)?(?P<points>{N})分(?:制)?(?!之|值|钟)\)?"
            r"|(?P<hundred>百分制)(?:得分)?(?:相应)?(?:进行)?"
        ),
    ),
    (
        MarkKind.VETO,
        rf"(?:实行)?一票否决|取消{_OWN}(?:得分|分值|分数|计分)|取消[^,;。]{{0,6}}资格",
    ),
    (
        MarkKind.JUDGE,
        (
            r"(?:可|应|予以|由[^,;。]{2,10})?(?:酌情|酌减|视情况|视情节|视情|视具体情况|视问题性质|视程度|根据情况)(?:轻重|严重程度)?[^,;。\d]{0,6}?(?:扣减|扣分|扣除|给分|计分|得分|处理|打分|评分|赋分|扣)?(?:(?:每项)?扣(?:分|减)?)?(?:\d(?:\.\d)?分?(?:-|至|到)\d{1,2}(?:\.\d)?分|\d{1,2}(?:\.\d)?分以内)?"
            r"|综合(?:评定|判断|评价|评分|打分)|由(?:评审组|评价组|专家)[^,;。]{0,12}|专家打分|(?:适当|相应|酌量)扣分"
        ),
    ),
    (
        MarkKind.LEVEL,
        (
            rf"(?:得|计|给|赋|按)(?:照)?{_OWN}(?:{_WORD}的?)?{N}%?-{N}%?(?:\(含\))?(?:的?{_OWN}{_PLAIN})?(?!分)"
            rf"|{N}%?-{N}%(?:\(含\))?的?{_OWN}{_PLAIN}"
        ),
    ),
    (
        MarkKind.EACH_HOLDS,
        rf"(?:各自?|分别|均)(?:占|得|计|为|赋)?{_AMOUNT}",
    ),
    (
        MarkKind.ADD,
        rf"(?:另|再|可|额外)?(?:加计|奖励|加记|加)(?:{N}(?:-{N})?分|分(?!值))",
    ),
    (MarkKind.KEEP, r"(?:的)?,?不(?:予|作)?(?:扣分|减分|扣减分)"),
    (
        MarkKind.LOSE,
        (
            rf"(?:则|应|予以|将|须)?(?P<extra>再加|再|另外|另|加|并|额外)?(?:倒)?(?:扣减|扣除|扣掉|减去|扣|(?<!递)减|罚)(?:该指标|该项|本项)?{_AMOUNT}(?:/(?P<unit>{UNIT}))?"
            rf"|(?P<all>(?:扣|减)(?:完|光|尽|除?{_OWN}?全部(?:分值|分数|分)?|去全部)(?:分值|分数|分)?)(?!为止)"
            rf"|(?<=[\u4e00-\u9fff])(?<![分天日月年个次项人件])-(?P<minus>{N})分(?:/(?P<each>{UNIT}))?"
        ),
    ),
    (
        MarkKind.PROPORTION,
        (
            rf"(?:按|以)(?:照)?(?P<base>[^,;。按]{{0,18}}?(?:比例|占比|比率|完成率|开工率|之比|率))(?:系数)?(?:进行|来)?(?:折算|折合)?(?:计算)?(?P<is_loss>扣减分|扣减|扣分|扣除|扣)?(?:相应)?(?:得分|计分|记分|给分|计算得分|赋分|计|得)?(?:分数)?{_END}"
            rf"|按(?P<whole>实际)?比例(?:递减|递增)"
        ),
    ),
    (
        MarkKind.CONVERTED,
        r"(?:进行)?(?:折算|换算|折合)(?:为|成|计入)?(?:本项|该项)?(?:得分|分值|计分|分数|百分制)?(?:后)?(?:×\d{1,3}(?:\.\d)?%)?(?:计入|计分|得分|计)?",
    ),
    (
        MarkKind.EARN,
        (
            rf"(?P<none>不(?:予|能)?(?:得|计|给|记|赋)分|(?:得|计|记|为|给|赋|按)?{_OWN}(?:得|计|记)?(?<![\d.])0分|(?:得|计|记)?无分|{_OWN}不得分)(?!值|钟)"
            rf"|(?P<half>减半(?:计分|得分|计|扣分))"
            rf"|(?P<verb>(?:可|(?<!否)则|即|应)?(?:得到|得分|获得|取得|评为|得|计|记|为|给|赋|获))?(?:该项分数|该项|本项|该指标|本指标)?{_AMOUNT}(?:\(不得分\))?"
            rf"|(?P<only>(?:得|计)(?P<part>{_PART})){_END}"
            rf"|(?P<due>(?:得|计)(?:相应|对应|该项|该部分|各项)(?:的)?(?:分值|分数|分))"
        ),
    ),
    (
        MarkKind.VAGUE,
        r"(?:予以|相应|进行)?扣(?:除|减)?(?:分|相应(?:的)?(?:分值|分数|分)?)|(?:得|给)(?:高|低|较高|较低)分|得分(?:较高|高|低|较低)|打分|给分|计分(?!值)|另行处理|加倍",
    ),
)
_ANY = re.compile("|".join(_alternative(kind, pattern) for kind, pattern in _MARKS))
_EXPRESSION = re.compile(
    rf"(?:(?P<score>(?:本项|该项|指标|评价|本指标)?(?:得分|计分|评分|分数)|{_OWN}得分系数)(?:=|为|按)|(?P<by>按(?:照)?))?"
    rf"(?P<body>[^,;。{ITEM}]*[×÷][^,;。{ITEM}]*)"
)
_DEFINED = re.compile(
    rf"(?P<name>[^=,;。{ITEM}()]{{1,30}})=(?P<body>[^,;。{ITEM}]*[÷×+-][^,;。{ITEM}]*)"
)


def marks(text: str, weight: Decimal | None) -> Iterator[Mark]:
    """Yield what carries points in a prepared text, in order; shares of the weight as points."""
    taken = list(_expressions(text))
    for mark in taken:
        yield mark
    blank = list(text)
    for inclusion in re.finditer(r"\(不?[均都皆]?(?:包)?含[^()]{0,10}\)", text):
        if inclusion.end() - inclusion.start() > 3:
            blank[inclusion.start() + 2 : inclusion.end() - 1] = "〓" * (len(inclusion[0]) - 3)
    for mark in taken:
        blank[mark.start : mark.end] = "〓" * (mark.end - mark.start)
    for found in _ANY.finditer("".join(blank)):
        kind = MarkKind(found.lastgroup or "")
        yield _mark(kind, found, weight)


def _expressions(text: str) -> Iterator[Mark]:
    """Yield formulas and definitions: sentences with × or ÷."""
    for part in re.finditer(r"\((?P<inner>[^()]*=[^()]*[÷×][^()]*)\)", text):
        yield Mark(MarkKind.DEFINITION, part.start(), part.end(), part[0], expression=part["inner"])
    spans = [(one.start(), one.end()) for one in re.finditer(r"\([^()]*=[^()]*[÷×][^()]*\)", text)]
    plain = list(text)
    for start, end in spans:
        plain[start:end] = "〓" * (end - start)
    rest = "".join(plain)
    for piece in re.finditer(rf"[^,;。{ITEM}]+", rest):
        words = piece[0]
        if "×" not in words and "÷" not in words:
            if "=" in words and re.search(r"[+-]", words) and _DEFINED.fullmatch(words):
                yield Mark(MarkKind.DEFINITION, piece.start(), piece.end(), words, expression=words)
            continue
        yield from _expression(words, piece.start())


_WEIGHT_WORD = rf"(?:(?:该项|本项|该|本)?(?:指标)?(?:的)?(?:标准分值|标准分|权重分值|权重分|分值|权重|满分|分数)|{N}分?)"


def _expression(words: str, at: int) -> Iterator[Mark]:
    words = words.rstrip("〓")
    told = re.fullmatch(
        r"按?(?:照)?(?P<body>[^=]+÷[^=×]+)计算(?:得出)?(?P<name>[\u4e00-\u9fff]{1,10}率)", words
    )
    if told:
        body = f"{told['name']}={told['body']}"
        yield Mark(MarkKind.DEFINITION, at, at + len(words), words, expression=body)
        return
    found = re.search(
        r"(?:(?:本项|该项|指标|评价|本指标)?(?:得分|计分|评分|分数)(?:系数)?)(?:=|为|按|:)(?=.*[×÷])",
        words,
    )
    if found is None and "=" in words:
        yield Mark(MarkKind.DEFINITION, at, at + len(words), words, expression=words)
        return
    if found is None:
        found = re.search(r"(?:按照?|计算公式[:为]?|即:?|^以)(?=[^按]*[×÷])", words)
    start = found.end() if found else 0
    body = words[start:]
    tail = re.search(r"(?:计算得分|计算|计分|得分|计)$", body)
    if tail and "×" in body:
        body = body[: tail.start()]
    first = found.start() if found else 0
    if found is None and ":" in words:
        first = words.rfind(":") + 1
        body = body[first:]
    yield Mark(MarkKind.FORMULA, at + first, at + len(words), words, expression=body)


def _share(text: str, weight: Decimal | None) -> Decimal | None:
    """Return the points of a share of the weight: 80%, 3分之2, 一半; None without a weight."""
    if weight is None:
        return None
    if "分之" in text:
        below, above = (Decimal(one) for one in text.split("分之"))
        return weight * above / below if below else None
    if "半" in text:
        return weight / 2
    return weight * Decimal(text.rstrip("%")) / 100


def _mark(kind: MarkKind, found: re.Match[str], weight: Decimal | None) -> Mark:
    """Return the mark of a match, its amount read."""
    group = {
        name.partition("__")[2]: held
        for name, held in found.groupdict().items()
        if held is not None and name.startswith(f"{kind}__")
    }
    plain = Mark(kind, found.start(), found.end(), found[0])
    if kind is MarkKind.PARTIAL:
        return _partial(plain, group)
    if kind in (MarkKind.FLOOR, MarkKind.LOSS_CAP, MarkKind.GAIN_CAP, MarkKind.FULL_MARKS):
        said = next(
            (group[name] for name in ("points", "limit", "most", "stop") if name in group), None
        )
        if "hundred" in group:
            said = "100"
        return _with(plain, points=None if said is None else Decimal(said))
    if kind is MarkKind.PROPORTION:
        mode = "loss" if "is_loss" in group else ""
        return _with(plain, expression=group.get("base", ""), unit=mode)
    if kind in (MarkKind.EARN, MarkKind.LOSE, MarkKind.EACH_HOLDS):
        return _amount(plain, group, weight)
    return plain


def _with(mark: Mark, **changed: object) -> Mark:
    held = {name: getattr(mark, name) for name in Mark.__slots__} | changed
    return Mark(**held)


def _partial(plain: Mark, group: dict[str, str]) -> Mark:
    step = Decimal(group["step"]) if "step" in group else None
    if "share" in group:
        return _with(plain, step=step, expression="share")
    if "none" in group:
        return _with(plain, step=step, expression="none")
    up = Decimal(group["up"]) if "up" in group else Decimal(1)
    return _with(plain, step=step, expression="up", points=up)


def _amount(plain: Mark, group: dict[str, str], weight: Decimal | None) -> Mark:
    """Return a mark with its points; a range, a share without a weight and the like by their kind."""
    if {"low", "about", "ambiguous"} & set(group):
        return _with(plain, kind=MarkKind.RANGE)
    if "share_below" in group:
        return _with(plain, kind=MarkKind.LEVEL)
    unit = group.get("unit") or group.get("each") or ""
    if "extra" in group and group["extra"] != "并":
        return _with(plain, kind=MarkKind.VAGUE)
    points: Decimal | None
    if "none" in group:
        points = Decimal(0)
    elif "full" in group or "all" in group:
        points = weight
    elif "half" in group:
        points = _share("50%", weight)
    elif "due" in group:
        points = None
    else:
        share = next(
            (group[name] for name in ("share", "share_after", "part") if name in group), None
        )
        points = _share(share, weight) if share else Decimal(group.get("points") or group["minus"])
    if (
        plain.kind is MarkKind.EARN
        and {"share", "share_after"} & set(group)
        and "verb" not in group
    ):
        return _with(plain, kind=MarkKind.VAGUE)
    is_told = plain.kind is not MarkKind.EARN or bool({"verb", "none", "half", "only"} & set(group))
    is_full = bool({"full", "all"} & set(group))
    return _with(plain, points=points, unit=unit, is_full=is_full, is_told=is_told)
