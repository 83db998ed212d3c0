"""Pages in a real browser, wide and narrow, on screen and on paper."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
from PIL import Image
from tests.report.browsing import CHROMIUM, IN_A_BROWSER
from tests.report.made_results import Made

pytestmark = IN_A_BROWSER


def browse(tmp_path: Path, page: Path, *flags: str, fragment: str = "") -> str:
    """Open a page and return what it has become in the browser's memory."""
    assert CHROMIUM is not None
    done = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--hide-scrollbars", f"--user-data-dir={tmp_path / 'profile'}",
            *flags, page.as_uri() + fragment,
        ],
        check=True, capture_output=True, timeout=120, cwd=tmp_path,
    )  # fmt: skip
    return done.stdout.decode()


@pytest.mark.parametrize("width", [1280, 500])
@pytest.mark.parametrize(
    "place",
    ["index.html", "models/lenet.html", "models/svc-linear.html", "data/bank-marketing.html",
     "overfitting.html", "leakage.html", "chapters/2.html", "chapters/4.html", "errata.html"],
)  # fmt: skip
def test_a_page_is_drawn_and_never_wider_than_the_window(
    width: int, place: str, furnished: Made, tmp_path: Path
) -> None:
    probe = (
        "<script>addEventListener('load', () => document.title = "
        "`${document.documentElement.scrollWidth} of ${innerWidth}, images "
        "${[...document.querySelectorAll('main img')].every(i => i.complete && i.naturalWidth)}`)"
        "</script>"
    )
    page = furnished.report / Path(place).parent / f"probe-{Path(place).name}"
    text = (furnished.report / place).read_text().replace(' loading="lazy"', "")
    page.write_text(text.replace("</head>", f"{probe}</head>"))
    try:
        dom = browse(tmp_path, page, f"--window-size={width},900", "--dump-dom")
    finally:
        page.unlink()
    assert f"<title>{width} of {width}, images true</title>" in dom


def probed(page: Path, script: str, tmp_path: Path, fragment: str = "") -> str:
    """Run a script at the end of a page and return the title that it set."""
    copy = page.with_name(f"probe-{page.name}")
    text = page.read_text().replace("</body>", f"<script>{script}</script></body>")
    copy.write_text(text)
    try:
        dom = browse(tmp_path, copy, "--dump-dom", fragment=fragment)
    finally:
        copy.unlink()
    return dom.partition("<title>")[2].partition("</title>")[0]


def test_a_click_on_a_heading_sorts_and_a_second_one_turns_the_order(
    furnished: Made, tmp_path: Path
) -> None:
    script = (
        "const button = document.querySelector('.board thead th:nth-child(3) button');"
        "const order = () => [...document.querySelectorAll('.board tbody tr')]"
        ".map(row => row.cells[1].textContent.trim().split(/\\s/)[0]).join(' ');"
        "button.click(); const down = order(); button.click();"
        "document.title = `${down} / ${order()} / ${button.parentNode.ariaSort}`"
    )
    page = furnished.report / "data/boston-housing.html"
    assert probed(page, script, tmp_path) == "Dummy Lasso Ridge / Ridge Lasso Dummy / ascending"


def test_runs_can_be_sorted_by_their_time(furnished: Made, tmp_path: Path) -> None:
    script = (
        "const heading = [...document.querySelectorAll('.board thead th')]"
        ".find(cell => cell.textContent.trim() === 'Training');"
        "heading.querySelector('button').click();"
        "document.title = [...document.querySelectorAll('.board tbody tr')]"
        ".map(row => row.querySelector('data')?.value).slice(0, 3).join(' ')"
    )
    page = furnished.report / "data/bank-marketing.html"
    assert probed(page, script, tmp_path) == "4012 94.2 12.3"


def test_a_link_to_a_run_opens_it(furnished: Made, tmp_path: Path) -> None:
    script = (
        "document.title = [...document.querySelectorAll('details.run')]"
        ".map(run => run.open).join(' ')"
    )
    page = furnished.report / "models/svc-linear.html"
    assert probed(page, script, tmp_path) == "false true false false"  # its best
    found = probed(page, script, tmp_path, "#bank-marketing-realistic-book")
    assert found == "false true true false"


def test_a_screenshot_is_not_blank(furnished: Made, tmp_path: Path) -> None:
    shot = tmp_path / "shot.png"
    browse(
        tmp_path, furnished.report / "models/ridge.html", "--window-size=1280,1600",
        f"--screenshot={shot}",
    )  # fmt: skip
    image = Image.open(io.BytesIO(shot.read_bytes())).convert("L")
    low, high = image.getextrema()
    assert (low, high) != (high, high)
    assert sum(image.histogram()[:128]) > 2000


def test_a_page_prints(furnished: Made, tmp_path: Path) -> None:
    paper = tmp_path / "page.pdf"
    browse(tmp_path, furnished.report / "index.html", f"--print-to-pdf={paper}")
    assert paper.read_bytes().startswith(b"%PDF")
