"""A declaration that cannot be meant is refused with the reason."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from tests.data.declared import made_declarations as made

from handbook.data.declared.declaration import Declaration

FILE = {"name": "rows.csv", "size": 3, "sha256": "0" * 64}
GOOD = {
    "title": "Own",
    "tasks": ["classification"],
    "files": [FILE],
    "table": made.TABLE,
    "target": "Kauf",
    "classes": {"nein": 2, "ja": 1},
}
IMAGES = {"reader": "folders", "shape": [4, 4]}


def with_column(**column):
    return {"table": {**made.TABLE, "columns": {**made.COLUMNS, "x": column}}}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"images": IMAGES}, "exactly one of table, images and text"),
        ({"table": None}, "exactly one of table, images and text"),
        ({"target": "Kuaf"}, "target is 'Kuaf', which is not among the columns"),
        ({"target": "age"}, "classes go with a target of type category; 'age' is of type integer"),
        ({"classes": {}}, "classes go with a target of type category"),
        ({"files": [{**FILE, "name": "a b.csv"}]}, "should match pattern"),
        ({"files": [{**FILE, "sha256": "0" * 40}]}, "should match pattern"),
        (
            {"table": {**made.TABLE, "columns": {"Kauf": {"type": "category"}}}},
            "a table needs a column beside its target",
        ),
        (
            {
                "table": {
                    **made.TABLE,
                    "columns": {**made.COLUMNS, "a:b": {"type": "number"}},
                }
            },
            "column 'a:b': a name holds no colon",
        ),
        (with_column(type="number", values=["a"]), "values are those of a category"),
        (with_column(type="category", missing=0.1), "a missing category is the category 'missing'"),
        (with_column(type="date", between=[1, 2]), "between takes dates as text"),
        (with_column(type="number", between=["1970-01-01", "1970-01-02"]), "else numbers"),
        (with_column(type="number", format="%Y"), "format is of dates alone"),
        ({"table": None, "images": {"reader": "npz", "shape": [4, 4]}}, "images are named for"),
        ({"table": None, "images": IMAGES, "target": ""}, "where they have classes"),
    ],
)
def test_a_contradiction_is_named(changed, message):
    Declaration.model_validate(GOOD)
    with pytest.raises(ValidationError, match=message):
        Declaration.model_validate(GOOD | changed)


def test_the_digest_knows_the_order_of_classes_and_columns():
    own = Declaration.model_validate(GOOD)
    again = Declaration.model_validate(own.model_dump(mode="json"))
    swapped = Declaration.model_validate(GOOD | {"classes": {"ja": 1, "nein": 2}})
    columns = dict(reversed(made.COLUMNS.items()))
    turned = Declaration.model_validate(GOOD | {"table": {**made.TABLE, "columns": columns}})
    assert own.digest == again.digest
    assert len({own.digest, swapped.digest, turned.digest}) == 3
