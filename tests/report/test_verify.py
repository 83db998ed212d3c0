"""Two makings of the same results: what differs is named, what was measured is left out."""

from __future__ import annotations

import random
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from tests.report.made_context import CONTEXT, GRAPH
from tests.report.made_results import Made

from handbook import cli
from handbook.core.errors import HandbookError
from handbook.core.files import read_json, write_json
from handbook.report.site.gather import gather
from handbook.report.site.render import render
from handbook.report.verify import differences, masked


@pytest.fixture
def again(furnished: Made, tmp_path: Path) -> Made:
    """The same results, each made at another time, at other commits, at another cost."""
    shutil.copytree(furnished.root, tmp_path / "again", dirs_exist_ok=True)
    again = Made(
        tmp_path / "again",
        catalogue=furnished.catalogue,
        text_faults=furnished.text_faults,
    )
    for number, path in enumerate(sorted(again.results.glob("models/**/context.json"))):
        write_json(
            path,
            {
                "started": f"2031-01-02T03:04:{number:02}+00:00",
                "ended": f"2032-01-02T03:04:{number:02}+00:00",
                "train_seconds": 1000.5 * (number + 1),
                "train_mib": 77.7 + number,
                "step_times": [],
                "tier": "standard",
                "commit": f"{number % 3:040x}" if number % 4 else None,
                "dirty": bool(number % 2),
            },
        )
    again.build()
    return again


def test_a_page_with_and_one_without_times_of_jobs_differ_by_what_was_measured(
    furnished: Made,
) -> None:
    site = gather(furnished.results, None, furnished.catalogue)
    pages = [
        render(site, furnished.catalogue, GRAPH, context)["made.html"].encode()
        for context in (CONTEXT, replace(CONTEXT, times=None))
    ]
    assert pages[0] != pages[1]
    assert masked(pages[0]) == masked(pages[1])


def test_reports_differ_by_what_was_measured_and_it_is_left_out(
    furnished: Made, again: Made
) -> None:
    page = Path("report/models/rbf-network.html")
    before, after = ((made.results / page).read_bytes() for made in (furnished, again))
    assert before != after
    for text in (b"MiB", b"h ", b"with uncommitted changes", b"no repository"):
        assert text in after, text
    assert list(differences(furnished.results, again.results)) == []


class Places(HTMLParser):
    """Where numbers stand on a page, those apart that were measured."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.measured = False
        self.numbers: list[int] = []
        self.text = text
        self._starts = [0]
        for line in text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self.feed(text)

    def _take(self, raw: str) -> None:
        line, column = self.getpos()
        start = self._starts[line - 1] + column
        assert self.text[start : start + len(raw)] == raw
        if not self.measured:
            self.numbers += [start + match.start() for match in re.finditer(r"\d", raw)]

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.measured = self.measured or (tag, dict(attrs).get("class")) == ("data", "measured")
        self._take(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self.measured = self.measured and tag != "data"

    def handle_data(self, data: str) -> None:
        self._take(data)


def test_a_number_anywhere_else_on_a_page_is_noticed(furnished: Made) -> None:
    draw = random.Random(0)
    for path in sorted(furnished.report.rglob("*.html")):
        text = path.read_text()
        places = Places(text).numbers
        assert places
        for place in draw.sample(places, min(40, len(places))):
            digit = str((int(text[place]) + 1) % 10)
            altered = text[:place] + digit + text[place + 1 :]
            assert masked(altered.encode()) != masked(text.encode()), (
                path,
                text[place - 40 :][:80],
            )


def folder(top: Path, **contents: bytes) -> Path:
    """Write files, whose names have two underscores for a slash."""
    for name, content in contents.items():
        path = top / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return top


@pytest.mark.parametrize(
    ("name", "before", "after", "where"),
    [
        ("runs_DOT_json", b'[\n  {"accuracy": 0.91}\n]', b'[\n  {"accuracy": 0.92}\n]', "line 2: "),
        ("report__figures__a_DOT_svg", b"<svg><path d='M 1'/>", b"<svg><path d='M 2'/>", "line 1"),
        ("models__a_DOT_skops", b"PK\0\1", b"PK\0\2", "byte 3, of 4 and 4"),
        ("cv__a_DOT_json", b"{}", b"{}\n", "line 1"),
        ("report__a_DOT_html", b"<data>1</data>", b"<data>2</data>", "line 1"),
        ("labs__times_DOT_json", b"1", b"2", "line 1"),
    ],
)
def test_the_file_and_its_first_difference_are_named(
    name: str, before: bytes, after: bytes, where: str, tmp_path: Path
) -> None:
    same = {"metrics_DOT_json": b"{}"}
    first = folder(tmp_path / "one", **same, **{name: before})
    second = folder(tmp_path / "two", **same, **{name: after})
    (difference,) = differences(first, second)
    assert difference.path == name.replace("__", "/").replace("_DOT_", ".")
    assert difference.where.startswith(where)


def test_a_file_that_one_of_them_lacks_is_named(tmp_path: Path) -> None:
    first = folder(tmp_path / "one", a=b"", context_DOT_json=b"1")
    second = folder(tmp_path / "two", a=b"", b=b"")
    assert [*differences(first, second)] == [
        ("b", f"only in {second}"),
        ("context.json", f"only in {first}"),
    ]


def test_nothing_is_the_same_as_nothing(tmp_path: Path) -> None:
    with pytest.raises(HandbookError, match="no results to compare"):
        list(differences(folder(tmp_path / "one", a=b""), tmp_path / "none"))


def test_the_command_ends_with_an_error_where_something_differs(
    furnished: Made, again: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["verify", str(furnished.results), str(again.results)]
    assert cli.main(command) == 0
    count = sum(path.is_file() for path in furnished.results.rglob("*"))
    assert f"The same, but for what was measured: {count:,} files." in capsys.readouterr().out
    path = again.results / "models/ridge/boston-housing/book/metrics.json"
    metrics = read_json(path)
    metrics["metrics"]["rmse"] += 1e-12
    write_json(path, metrics)
    again.build()
    assert cli.main(command) == 1
    printed = capsys.readouterr()
    assert "models/ridge/boston-housing/book/metrics.json: line " in printed.out
    assert " differ between " in printed.err
