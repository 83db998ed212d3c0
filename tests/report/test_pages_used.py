"""Runs, code and chapters as a reader uses them, in one browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.report.browsing import IN_A_BROWSER

pytestmark = IN_A_BROWSER


def test_the_switch_shows_one_run_marks_it_and_stays_in_sight(opened: Callable[..., Any]) -> None:
    page = opened("models/svc-linear.html")
    runs = page.locator("details.run")
    marked = page.locator(".switch [aria-current]")
    assert [run.get_attribute("open") is not None for run in runs.all()] == [
        False, True, False, False,
    ]  # fmt: skip
    assert marked.all_inner_texts() == ["tuned"]
    page.locator(".switch a").nth(2).click()
    assert [run.get_attribute("open") is not None for run in runs.all()] == [
        False, False, True, False,
    ]  # fmt: skip
    page.wait_for_function("document.querySelectorAll('.switch [aria-current]').length === 1")
    assert marked.get_attribute("href") == "#bank-marketing-realistic-book"
    page.mouse.wheel(0, 300)
    assert page.locator(".switch").is_visible()
    top = page.locator(".switch").bounding_box()["y"]
    assert 0 <= top < 800


def test_a_button_copies_the_code_beside_it(opened: Callable[..., Any]) -> None:
    page = opened("labs/corr2d.html")
    page.evaluate(
        "navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve() }"
    )
    page.locator("pre.command .copy").click()
    page.wait_for_function("document.querySelector('pre.command .copy').textContent === 'Copied'")
    assert page.evaluate("window.copied") == "handbook lab corr2d"
    page.locator(".listing summary", has_text="corr2d.py").click()
    page.locator(".listing[open] .copy").last.click()
    page.wait_for_function("window.copied.includes('def compute(')")


def test_a_chapter_can_show_only_what_differs_without_script(opened: Callable[..., Any]) -> None:
    page = opened("chapters/4.html", java_script_enabled=False)
    agreeing, differing = page.locator("#lab-stride"), page.locator("#lab-corr2d")
    assert agreeing.is_visible()
    # One line, with its results below it on demand.
    assert agreeing.bounding_box()["height"] < 60
    page.get_by_label("Show only where the book differs").check()
    assert not agreeing.is_visible()
    assert differing.is_visible()
