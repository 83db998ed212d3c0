"""Numbers as text for people: significant digits, intervals, p-values, times, sizes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

__all__ = [
    "brief",
    "cell",
    "count",
    "decade",
    "difference",
    "duration",
    "estimate",
    "formatted",
    "listed",
    "number",
    "printed",
    "probability",
    "share",
    "signed",
    "size",
    "value",
    "whole",
]

UNDEFINED = "undefined"


def formatted(x: float, specification: str) -> str:
    """Write a number as Python's format specification says, with the typographer's minus sign.

    Examples
    --------
    >>> formatted(-0.1234, ".2f"), formatted(0.5, "+.3g"), formatted(1e-05, ".3g")
    ('−0.12', '+0.5', '1e−05')
    """
    return f"{x:{specification}}".replace("-", "−")


def number(x: float | None, digits: int = 4) -> str:
    """Write a measured value with `digits` significant digits.

    Exactly whole values have no decimals, so that 1 and 1.000, which was rounded, differ.

    Examples
    --------
    >>> number(0.88771), number(1), number(0.99998), number(24.31234), number(31245.7)
    ('0.8877', '1', '1.000', '24.31', '31,246')
    >>> number(0.00001234), number(-0.5), number(None)
    ('1.234 × 10⁻⁵', '−0.5000', 'undefined')
    """
    if x is None or not math.isfinite(x):
        return UNDEFINED
    if x == round(x) and abs(x) < 1e15:
        return formatted(x, ",.0f")
    if abs(x) < 1e-4:
        mantissa, exponent = f"{x:.{digits - 1}e}".split("e")
        return f"{formatted(float(mantissa), f'.{digits - 1}f')} × 10{_raised(int(exponent))}"
    return formatted(x, f",.{_decimals(x, digits)}f")


def cell(x: float | None) -> str:
    """Write a measured value in a table of plain text, where a dash stands for none.

    Examples
    --------
    >>> cell(0.88771), cell(None)
    ('0.8877', '-')
    """
    return "-" if x is None else number(x)


def estimate(mean: float | None, interval: tuple[float, float] | None) -> str:
    """Write a mean with its interval, all to the same decimals.

    Three significant digits, or four where the ends would else read the same as the mean.

    Examples
    --------
    >>> estimate(0.90714, (0.90131, 0.91297))
    '0.907 [0.901, 0.913]'
    >>> estimate(0.90714, (0.90702, 0.90726))
    '0.9071 [0.9070, 0.9073]'
    >>> estimate(24.3, None)
    '24.3'
    """
    if mean is None:
        return UNDEFINED
    if interval is None or None in interval:
        return number(mean, 3)
    low, high = interval
    for digits in (3, 4):
        specification = f",.{_decimals(mean, digits)}f"
        texts = [formatted(x, specification) for x in (mean, low, high)]
        if len(set(texts)) == 3:
            break
    return f"{texts[0]} [{texts[1]}, {texts[2]}]"


def decade(x: float) -> str:
    """Write a power of ten for the axis of a figure.

    Examples
    --------
    >>> decade(0.001), decade(1000.0), decade(100000.0), decade(0.00001)
    ('0.001', '1,000', '10⁵', '10⁻⁵')
    """
    exponent = round(math.log10(x))
    return number(x, 1) if -4 < exponent < 5 else f"10{_raised(exponent)}"


def difference(x: float | None, digits: int = 2) -> str:
    """Write the difference of two values with its sign.

    Examples
    --------
    >>> difference(0.01234), difference(-3.04), difference(0.0), difference(None)
    ('+0.012', '−3.0', '0', 'undefined')
    """
    return f"+{number(x, digits)}" if x is not None and x > 0 else number(x, digits)


def signed(x: float, decimals: int) -> str:
    """Write a difference with its sign and a fixed number of decimals, for columns of a table.

    Examples
    --------
    >>> signed(0.0123, 3), signed(-3.04, 1)
    ('+0.012', '−3.0')
    """
    return formatted(x, f"+,.{decimals}f")


def probability(p: float | None) -> str:
    """Write the p-value of a test, or that it is below 0.001.

    Examples
    --------
    >>> probability(0.0312), probability(0.0004), probability(1.0), probability(None)
    ('p = 0.031', 'p < 0.001', 'p = 1', 'p undefined')
    """
    if p is None:
        return "p undefined"
    return "p < 0.001" if p < 0.001 else f"p = {number(p, 2)}"


def listed(values: Iterable[float]) -> str:
    """Write the values of a parameter, apart by commas, each as short as it can be.

    Examples
    --------
    >>> listed([0.5, 1.0, 250, 1e-6])
    '0.5, 1, 250, 1e-06'
    """
    return ", ".join(f"{value:g}" for value in values)


def printed(x: Any) -> str:
    """Write a value of the book with the digits that are printed there.

    Examples
    --------
    >>> printed(0.88), printed(0.4999999999999994), printed([12.0, -1]), printed(None)
    ('0.88', '0.4999999999999994', '[12, −1]', '')
    """
    if isinstance(x, list):
        return f"[{', '.join(printed(item) for item in x)}]"
    if isinstance(x, str):
        return x
    return "" if x is None else str(x).removesuffix(".0").replace("-", "−")


def count(n: int | None) -> str:
    """Write a whole number with its thousands apart.

    Examples
    --------
    >>> count(45211)
    '45,211'
    """
    return UNDEFINED if n is None else f"{n:,}"


def share(part: float, whole: float) -> str:
    """Write `part` of `whole` in per cent.

    Examples
    --------
    >>> share(5289, 45211)
    '11.7 %'
    """
    return f"{100 * part / whole:.3g} %" if whole else UNDEFINED


def duration(seconds: float | None) -> str:
    """Write a time.

    Examples
    --------
    >>> duration(0.2346), duration(12.34), duration(754.2), duration(3700)
    ('0.235 s', '12.3 s', '12 min 34 s', '1 h 2 min')
    """
    if seconds is None:
        return UNDEFINED
    if seconds < 60:
        return f"{number(seconds, 3)} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours:,} h {minutes} min"


def size(n: int) -> str:
    """Write a number of bytes.

    Examples
    --------
    >>> size(579043), size(120)
    ('579 kB', '120 bytes')
    """
    for unit, scale in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if n >= scale:
            return f"{number(n / scale, 3)} {unit}"
    return f"{n} bytes"


def value(x: Any, most: int = 300) -> str:
    """Write any JSON value on one line, cut after `most` characters.

    Examples
    --------
    >>> value([19, 25.000000001]), value(None), value(True), value("a")
    ('[19, 25]', 'none', 'true', 'a')
    """
    if isinstance(x, str):
        text = x
    elif isinstance(x, float):
        text = formatted(x, ".6g")
    elif isinstance(x, bool) or not isinstance(x, int | list | tuple | dict):
        text = "none" if x is None else json.dumps(x)
    elif isinstance(x, int):
        text = formatted(x, "d")
    elif isinstance(x, dict):
        text = ", ".join(f"{key}: {value(item, most)}" for key, item in x.items())
    else:
        text = f"[{', '.join(value(item, most) for item in x)}]"
    return text if len(text) <= most else text[: most - 1] + "…"


def whole(x: Any) -> str:
    """Write any JSON value on one line, as :func:`value` does, without cutting it."""
    return value(x, most=10**9)


def brief(x: Any, most: int = 90) -> str:
    """Write a JSON value in full, a long array of numbers by its shape and its first numbers.

    Examples
    --------
    >>> brief([1, 2.5]), brief([[0, 1, 2], [3, 4, 5]], most=12)
    ('[1, 2.5]', '2 × 3 numbers: [[0, …')
    """
    text = whole(x)
    if len(text) <= most or not isinstance(x, list):
        return text
    first = text[: most // 2].rpartition(",")[0] or text[: most // 2]
    return f"{' × '.join(map(str, _shape(x)))} numbers: {first}, …"


def _shape(x: Any) -> list[int]:
    """Return the lengths of nested lists, as deep as those beside each other are equally long."""
    if not isinstance(x, list):
        return []
    inner = [_shape(item) for item in x]
    return [len(x), *(inner[0] if inner and all(lengths == inner[0] for lengths in inner) else [])]


def _decimals(x: float, digits: int) -> int:
    magnitude = math.floor(math.log10(abs(x))) if x else 0
    # 0.99998 becomes 1.000, which needs one decimal less.
    if x and math.floor(math.log10(float(f"{abs(x):.{digits - 1}e}"))) > magnitude:
        magnitude += 1
    return max(0, digits - 1 - magnitude)


def _raised(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
