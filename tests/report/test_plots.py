"""Curves to explore and figures to enlarge, as a reader finds them in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.report.browsing import IN_A_BROWSER, PHONE
from tests.report.made_results import Made

from handbook.records.compare.differences import compare
from handbook.records.compare.side import Side
from handbook.records.reader import read
from handbook.records.sources import Sources
from handbook.report.site.standalone import comparison_page

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = IN_A_BROWSER


def first_overlay(page: Any) -> Any:
    return page.locator(".overlay").first


def names(overlay: Any) -> list[str]:
    """Return the names below the plot, without that of its axis."""
    return overlay.locator(".u-legend .u-series:not(:first-child) .u-label").all_inner_texts()


def values(overlay: Any) -> list[str]:
    return overlay.locator(".u-legend .u-value").all_inner_texts()


def tick(overlay: Any, name: str) -> None:
    overlay.get_by_role("checkbox", name=name, exact=True).check()


def point(page: Any, overlay: Any, across: float = 0.5) -> None:
    overlay.locator(".u-over").scroll_into_view_if_needed()
    box = overlay.locator(".u-over").bounding_box()
    page.mouse.move(box["x"] + across * box["width"], box["y"] + box["height"] / 2)


# --- curves over each other ---------------------------------------------------------------------


def test_runs_of_several_models_are_laid_over_each_other(opened: Callable[..., Any]) -> None:
    page = opened("data/bank-marketing.html")
    overlay = first_overlay(page)
    assert len(names(overlay)) == 2
    picked = overlay.locator("input:checked").count()
    tick(overlay, "Radial basis function network book")
    assert overlay.locator("input:checked").count() == picked + 1
    assert len(names(overlay)) == 3
    table = overlay.locator("table.pairs")
    assert table.locator("thead th").count() == 4
    assert "estimator" in table.inner_text()
    tests = overlay.locator(".tests li").all_inner_texts()
    assert all(re.search(r"\[.*\], p [=<u]", test) for test in tests)
    assert len(tests) == 3


def test_what_cannot_be_tested_in_pairs_is_said(opened: Callable[..., Any]) -> None:
    page = opened("data/bank-marketing.html")
    overlay = first_overlay(page)
    tick(overlay, "Radial basis function network improved")
    assert "2 of 3 pairs have no paired test" in overlay.inner_text()


def test_pointing_tells_values_and_a_click_on_a_name_hides_its_curve(
    opened: Callable[..., Any],
) -> None:
    page = opened("data/bank-marketing.html")
    overlay = first_overlay(page)
    point(page, overlay)
    rate, *heights = map(float, values(overlay))
    assert 0.4 < rate < 0.6
    assert all(0.5 < height <= 1 for height in heights)
    name = overlay.get_by_role("button", name=names(overlay)[0])
    name.click()
    sync_api.expect(name).to_have_attribute("aria-pressed", "false")
    name.focus()
    page.keyboard.press("Enter")
    sync_api.expect(name).to_have_attribute("aria-pressed", "true")


def test_another_kind_of_curve_has_its_own_axes(opened: Callable[..., Any]) -> None:
    page = opened("data/bank-marketing.html")
    overlay = first_overlay(page)
    overlay.get_by_role("button", name="Precision-recall curve").click()
    assert overlay.locator(".u-legend .u-label").first.inner_text() == "recall"


def test_a_part_is_enlarged_by_dragging_and_whole_again(opened: Callable[..., Any]) -> None:
    page = opened("data/boston-housing.html")
    overlay = first_overlay(page)
    point(page, overlay, 0.5)
    page.mouse.down()
    point(page, overlay, 0.75)
    page.mouse.up()
    point(page, overlay, 0.02)
    assert 0.45 < float(values(overlay)[0]) < 0.6
    overlay.get_by_role("button", name="Whole").click()
    point(page, overlay, 0.02)
    assert float(values(overlay)[0]) < 0.1
    overlay.get_by_role("button", name="Larger").click()
    point(page, overlay, 0.98)
    assert float(values(overlay)[0]) < 0.9


def test_values_are_told_to_those_who_use_a_keyboard(opened: Callable[..., Any]) -> None:
    page = opened("models/lenet.html")
    overlay = first_overlay(page)
    overlay.get_by_role("button", name="Loss while training").click()
    overlay.locator(".frame").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    told = overlay.locator(".told").inner_text()
    assert told.startswith(
        "epoch 2: LeNet book, validation rows 1.304; LeNet book, training rows 1.238"
    )


def test_every_model_with_curves_has_them_to_explore(opened: Callable[..., Any]) -> None:
    page = opened("models/svc-linear.html")
    assert page.locator(".overlay:visible").count() == 2
    overlay = first_overlay(page)
    assert names(overlay) == [
        "Linear support vector machine tuned",
        "Linear support vector machine book",
    ]
    overlay.get_by_role("button", name="Learning curve").click()
    shown = names(overlay)
    assert shown == [
        "Linear support vector machine book, validation rows",
        "Linear support vector machine book, training rows",
    ]


def test_sides_of_a_comparison_are_laid_over_each_other(
    opened: Callable[..., Any], furnished: Made, tmp_path: Path
) -> None:
    runs = {run.name: run for run in read(furnished.results, furnished.catalogue, None)}
    sides = [
        Side(f"a longer name of {name}", "run", {name: runs[name]})
        for name in ("ridge/boston-housing/book", "lasso/boston-housing/book")
    ]
    compared = compare(sides, Sources(Path("nowhere")))
    (tmp_path / "compared.html").write_text(comparison_page(compared, sides))
    page = opened(tmp_path / "compared.html")
    overlay = first_overlay(page)
    assert names(overlay) == ["A: ridge/boston-housing/book", "B: lasso/boston-housing/book"]
    point(page, overlay)
    assert all(float(value) > 0 for value in values(overlay))
    assert page.locator("h1").inner_text() == "A and B compared"
    verdicts = page.locator("table.board td:last-child").all_inner_texts()
    assert {"A is better", "B is better", "not clear"} & set(verdicts)


def test_without_script_tables_and_figures_say_the_same(opened: Callable[..., Any]) -> None:
    page = opened("data/bank-marketing.html", java_script_enabled=False)
    assert page.locator(".overlay:visible").count() == 0
    assert page.locator("table.board:visible").count() == 1
    page = opened("models/ridge.html", java_script_enabled=False)
    drawing = page.locator("a.drawing:visible").first
    assert drawing.locator("img").count() == 1
    assert drawing.get_attribute("href").endswith(".svg")


# --- figures ------------------------------------------------------------------------------------


def test_a_figure_is_shown_large_and_escape_closes_it(opened: Callable[..., Any]) -> None:
    page = opened("models/ridge.html")
    link = page.locator("a.drawing:visible").first
    small = link.locator("img")
    link.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.enlarged")
    assert dialog.is_visible()
    assert dialog.locator("strong").inner_text() == small.get_attribute("alt")
    large = dialog.locator("img").bounding_box()["width"]
    assert large > small.bounding_box()["width"]
    page.keyboard.press("+")
    assert dialog.locator("img").bounding_box()["width"] > large
    page.keyboard.press("0")
    assert dialog.locator("img").bounding_box()["width"] == pytest.approx(large)
    page.keyboard.press("PageDown")
    assert dialog.locator("strong").inner_text() != small.get_attribute("alt")
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_pictures_keep_their_colours_in_the_dark(opened: Callable[..., Any]) -> None:
    page = opened("models/lenet.html", color_scheme="dark")
    filters = page.evaluate(
        "() => [...document.querySelectorAll('figure')].map(figure =>"
        " [figure.classList.contains('upright'),"
        " getComputedStyle(figure.querySelector('img')).filter])"
    )
    assert {upright for upright, _ in filters} == {True, False}
    for upright, drawn in filters:
        assert ("invert" in drawn) != upright


@pytest.mark.parametrize(
    "name", ["models/lenet.html", "models/ridge.html", "data/bank-marketing.html"]
)
def test_no_text_of_a_figure_is_too_small_on_a_phone(name: str, opened: Callable[..., Any]) -> None:
    page = opened(name, viewport=PHONE)
    page.evaluate("() => document.querySelectorAll('details').forEach(d => d.open = true)")
    widths = page.evaluate(
        "() => [...document.querySelectorAll('figure img')].map(image => [image.clientWidth,"
        " parseFloat(getComputedStyle(image).getPropertyValue('--legible')) || 0])"
    )
    assert all(width >= legible for width, legible in widths)
    assert page.evaluate("() => document.documentElement.scrollWidth") == PHONE["width"]


def test_a_figure_opens_no_smaller_than_it_can_be_read(opened: Callable[..., Any]) -> None:
    page = opened("models/lenet.html", viewport=PHONE)
    page.locator("a.drawing:visible").first.click()
    width = page.locator("dialog.enlarged img").bounding_box()["width"]
    least = page.locator("a.drawing img").first.evaluate(
        "image => parseFloat(image.style.getPropertyValue('--legible'))"
    )
    assert width == pytest.approx(least)


def test_the_page_on_overfitting_answers_first_and_its_figures_open(
    opened: Callable[..., Any],
) -> None:
    page = opened("overfitting.html")
    table = page.locator("main table").first
    gaps = table.locator("tbody td:nth-of-type(6)")
    assert table.locator("tbody tr").count() == gaps.count() == 3
    table.get_by_role("button", name="Gap").click()
    shown = [float(gap) for gap in gaps.all_inner_texts()]
    assert shown == sorted(shown, reverse=True)
    page.locator("a.drawing").first.click()
    assert page.locator("dialog.enlarged").is_visible()
