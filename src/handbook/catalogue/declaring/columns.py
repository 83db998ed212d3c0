"""What the columns of a table hold: numbers, dates, categories, or nothing that can be learnt."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from handbook.catalogue.declaring.dialect import is_number
from handbook.data.declared.declaration import Column, Table
from handbook.data.declared.tables import MISSING, days, typed

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["InferredColumn", "infer_column", "marks_of_missing"]

#: What programs and people write where a value is missing; letters in any case.
_MARKS = ("na", "n/a", "nan", "null", "#n/a", "?", "\\n", "k.a.")
#: The same, taken for it only among numbers, since it may be a category.
_MARKS_AMONG_NUMBERS = ("none", "-", "--", ".", "..", "x", "unknown", "missing")
_FEW_MARKS = 3  # other words that stand among numbers
_SHARE_OF_NUMBERS = 0.9
_MOST_CATEGORIES = 100
_FEW_CATEGORIES = 20  # always categories, however few rows
_SHARE_OF_CATEGORIES = 0.1
_OWN_VALUES = 0.95  # share of different values from which a text tells rows apart
_FORMS = (
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%y"),
    *("%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d.%m.%Y %H:%M:%S"),
    *("%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d-%b-%y", "%B %d, %Y", "%b %d %Y"),
)
_ISO = re.compile(r"\d{4}-\d{2}(-\d{2})?([T ]\d{2}:\d{2}.*)?")
_NUMBER_OF_ROW = re.compile(r"(?i)(.*[ _-])?(id|nr|no|index|key|uuid|rowid|row|unnamed.*|)")


class InferredColumn(NamedTuple):
    """What a column is taken for.

    Parameters
    ----------
    column : Column or None
        None where nothing can be learnt from it.
    why : str
        For people: what was seen, or why it is left out.
    """

    column: Column | None
    why: str


def marks_of_missing(frame: pd.DataFrame) -> list[str]:
    """Return what stands in a table where a value is missing, as it is written there."""
    marks: dict[str, None] = {"": None}
    for _, cells in frame.items():
        if cells.dtype.kind not in "OSUT" and str(cells.dtype) != "str":
            continue
        counts = cells.dropna().value_counts()
        words = [str(word) for word in counts.index if not is_number(str(word))]
        marks |= {word: None for word in words if word.lower() in _MARKS}
        rest = [word for word in words if word not in marks]
        number = sum(int(counts[word]) for word in rest)
        whole = sum(int(count) for word, count in counts.items() if word not in marks)
        all_marks = all(word.lower() in _MARKS_AMONG_NUMBERS for word in rest)
        if whole > number and (
            all_marks or (len(rest) <= _FEW_MARKS and number <= (1 - _SHARE_OF_NUMBERS) * whole)
        ):
            marks |= dict.fromkeys(rest)
    return list(marks)


def infer_column(
    cells: pd.Series[Any], table: Table, *, whole: bool, category: bool = False
) -> InferredColumn:
    """Tell what a column holds.

    Parameters
    ----------
    cells : Series
        Missing where a value is.
    table : Table
        Its marks in numbers are read.
    whole : bool
        Whether these are all rows of the file: else nothing is said of their limits.
    category : bool
        Whether the user says that it is a category.
    """
    present = cells.dropna()
    distinct = int(present.nunique())
    if distinct == 0:
        return InferredColumn(None, "no value")
    if category:
        return _category(present, missing=len(cells) > len(present), whole=whole)
    if distinct == 1:
        return InferredColumn(
            None, f"the same value in every row that has one, {str(present.iloc[0])[:30]!r}"
        )
    share = _share(cells)
    if (kind := _number_of(present)) is not None:
        return _numbers(cells, kind, table, share, whole=whole)
    if (form := _date_form(present)) is not None:
        return _dates(cells, form, share, whole=whole)
    if distinct >= _OWN_VALUES * len(present) and distinct > _FEW_CATEGORIES:
        return InferredColumn(None, f"text that differs from row to row ({distinct:,} values)")
    if distinct > max(_FEW_CATEGORIES, min(_MOST_CATEGORIES, _SHARE_OF_CATEGORIES * len(present))):
        return InferredColumn(None, f"text of {distinct:,} different values")
    return _category(present, missing=len(cells) > len(present), whole=whole)


def _share(cells: pd.Series[Any]) -> float:
    """Return the share of missing values, rounded up to per cents of which there is a fraction."""
    share = float(cells.isna().mean())
    return min(math.ceil(share * 1_000) / 1_000, 0.999) if share else 0.0


def _number_of(present: pd.Series[Any]) -> str | None:
    """Return ``integer`` or ``number`` where every value is one, else None."""
    if present.dtype.kind == "b":
        return None
    if present.dtype.kind in "iuf":
        return "integer" if bool((present % 1 == 0).all()) else "number"
    if present.dtype.kind == "M":
        return None
    words = [str(word) for word in present.unique()]
    if not all(is_number(word) for word in words):
        return None
    if any(re.fullmatch(r"0\d+", word) for word in words):
        return None  # codes such as 01067, of which the zero would be lost
    whole = all(re.fullmatch(r"[-+]?\d{1,18}", word) for word in words)
    return "integer" if whole else "number"


def _numbers(
    cells: pd.Series[Any], kind: str, table: Table, share: float, *, whole: bool
) -> InferredColumn:
    wide = Column.model_validate({"type": "number", "missing": 0.999})
    values = typed(cells, wide, table, str(cells.name))
    if kind == "number" and bool((values.dropna() % 1 == 0).all()):
        kind = "integer"  # 1.000 with marks between thousands, or 3.0
    present = values.dropna()
    low, high = (_plain(limit, kind) for limit in (present.min(), present.max()))
    if kind == "integer" and present.is_unique and not share:
        counted = present.is_monotonic_increasing and high - low < 1.1 * len(present)
        if counted or _NUMBER_OF_ROW.fullmatch(str(cells.name)):
            return InferredColumn(None, "a number of its own for each row")
    column = Column.model_validate(
        {"type": kind, "between": [low, high] if whole else None, "missing": share}
    )
    return InferredColumn(column, f"{kind}, {low} to {high}")


def _plain(value: Any, kind: str) -> int | float:
    return int(value) if kind == "integer" else float(value)


def _date_form(present: pd.Series[Any]) -> str | None:
    """Return the format that every value has, empty for ISO 8601; None where they are no dates."""
    if present.dtype.kind == "M":
        return ""
    if present.dtype.kind in "biuf":
        return None
    words = present.drop_duplicates().astype("str")
    first = words.head(200)
    if first.str.fullmatch(_ISO).all():
        return "" if bool(days(words).notna().all()) else None
    fitting = [form for form in _FORMS if bool(days(first, form).notna().all())]
    return next((form for form in fitting if bool(days(words, form).notna().all())), None)


def _dates(cells: pd.Series[Any], form: str, share: float, *, whole: bool) -> InferredColumn:
    import pandas as pd

    values = days(cells, form or None)
    day = pd.Timedelta(days=1)
    low = (pd.Timestamp(0) + values.min() * day).round("ms").floor("s")
    high = (pd.Timestamp(0) + values.max() * day).round("ms").ceil("s")
    texts = [
        moment.strftime("%Y-%m-%d" if moment == moment.normalize() else "%Y-%m-%dT%H:%M:%S")
        for moment in (low, high)
    ]
    column = Column.model_validate(
        {
            "type": "date",
            "format": form or None,
            "between": texts if whole else None,
            "missing": share,
        }
    )
    return InferredColumn(column, f"date{f' ({form})' if form else ''}, {texts[0]} to {texts[1]}")


def _category(present: pd.Series[Any], *, missing: bool, whole: bool) -> InferredColumn:
    import pandas as pd

    if present.dtype.kind == "f" and bool((present % 1 == 0).all()):
        present = present.astype("Int64")
    values = sorted(
        {str(value) for value in pd.unique(present)} | ({MISSING} if missing else set())
    )
    listed = values if whole and len(values) <= _MOST_CATEGORIES else None
    listing = ", ".join(values[:4]) + (", ..." if len(values) > 4 else "")
    column = Column.model_validate({"type": "category", "values": listed})
    return InferredColumn(column, f"category of {len(values)}: {listing}")
