"""The figures of models of characters, from made-up records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest

from handbook.report.figures import style
from handbook.report.figures.explained import text
from handbook.report.figures.svg import Words, words

CAPTION = "Character LSTM · macbeth · tuned · GENERATED SAMPLE DATA"
DRAWINGS = {"text-samples": text.text_samples, "gates": text.gates}


def sample(label: str, written: str, known: float | None = 0.5) -> dict[str, Any]:
    return {
        "label": label, "text": written, "known": known,
        "different": None if known is None else 0.25,
    }  # fmt: skip


def samples(made: str = "The king\n\n    sees", epochs: int = 4, **more: Any) -> dict[str, Any]:
    return {
        "seed_text": "ROSS\n",
        "seed": 42,
        "written": [
            sample(label, made)
            for label in ("greedy", "temperature 0.5", "temperature 1", "top 5", "nucleus 0.9")
        ],
        "begun": "ACT I\nSCENE I. ",
        "epochs": [
            {"epoch": one + 1, "text": made, "known": 0.1, "different": 1.0}
            for one in range(epochs)
        ],
    } | more


def watched(cell: str = "lstm", units: int = 6, read: str = "ROSS\n\n    What's the news?", **more):
    names = {
        "lstm": ["input gate", "forget gate", "output gate", "cell state"],
        "gru": ["reset gate", "update gate", "hidden state"],
        "rnn": ["hidden state"],
    }[cell]
    rng = np.random.default_rng(0)
    return {
        "cell": cell,
        "text": read,
        "units": list(range(400, 400 + units)),
        "hidden": 512,
        "memory": names[-1],
        "values": {
            name: rng.uniform(0 if name.endswith("gate") else -3, 1, (units, len(read))).tolist()
            for name in names
        },
        "means": dict.fromkeys(names[:-1], 0.25),
        "judged": 2000,
        "follows": [
            {"feature": "place in the line", "correlation": 0.5 - place / 5}
            for place in range(units)
        ],
    } | more


def said(folder: Path, name: str, shown: dict[str, Any]) -> Words:
    with style.applied():
        style.save(DRAWINGS[name](shown, CAPTION), folder / "figure.svg")
    return words(folder / "figure.svg")


def test_samples_say_how_much_is_words_and_how_much_repeats(tmp_path: Path) -> None:
    found = said(tmp_path, "text-samples", samples())
    assert found.title == (
        "Greedy, 25 % of the words are different; at temperature 1, 50 % are words of the text"
    )
    assert "The model continues “ROSS”, the first whole line of the test text" in found.description
    assert "greedy (words known 50 %, different 25 %): “The king sees”" in found.description
    assert "after epoch 1 “The king sees”, after epoch 4 “The king sees”" in found.description


def test_samples_without_words_and_without_epochs_are_told(tmp_path: Path) -> None:
    silent = [sample(label, "...", None) for label in ("greedy", "temperature 1")]
    found = said(tmp_path, "text-samples", samples(epochs=0, written=silent))
    assert found.title == "No word is written"
    assert "greedy (no words): “...”" in found.description
    assert "While it was trained" not in found.description
    fresh = [dict(one, different=1.0) for one in samples()["written"]]
    found = said(tmp_path, "text-samples", samples(written=fresh))
    assert found.title.startswith("Greedy, no word comes twice; at temperature 1, 50 %")


def test_gates_name_the_unit_that_goes_with_something_most(tmp_path: Path) -> None:
    found = said(tmp_path, "gates", watched())
    assert found.title == "Unit 400 goes with place in the line: r = 0.50"
    assert "The 6 of 512 units of the last LSTM layer whose cell state varies most" in (
        found.description
    )
    assert "reads “ROSS What's the news?”" in found.description
    assert "Means over all units: input gate 0.25, forget gate 0.25" in found.description
    assert "unit 405 with place in the line (−0.50)" in found.description
    opposite = [{"feature": "spaces", "correlation": -0.75}, {"feature": None, "correlation": None}]
    found = said(tmp_path, "gates", watched("rnn", 2, follows=opposite))
    assert found.title == "Unit 400 goes with spaces: r = −0.75"
    assert "last RNN layer whose hidden state" in found.description
    assert "Means" not in found.description
    found = said(tmp_path, "gates", watched("gru", 1, follows=[opposite[1]]))
    assert found.title == "No unit remembers anything"


USUAL = [("text-samples", samples()), ("gates", watched())]
LONG = "    Tomorrow, and tomorrow, and tomorrow\n" * 5
EXTREME = [
    ("text-samples", samples(LONG)),
    ("text-samples", samples("m" * 200)),
    ("text-samples", samples("\n" * 200)),
    ("text-samples", samples("W $5 & <b> \\alpha_2 “ŷ” " * 8, seed_text="W" * 120 + "\n")),
    ("text-samples", samples(epochs=0)),
    ("gates", watched(read="ROSS\n\n" + "W@$&" * 12 + "\t \n " * 2)),
    ("gates", watched("gru", 1, read="Exeunt")),
    ("gates", watched("rnn", 2, read="x")),
    ("gates", watched("rnn", 2, values={"hidden state": [[0.0] * 4] * 2}, text="eeee")),
]


@pytest.mark.parametrize(("name", "shown"), [*USUAL, *EXTREME])
def test_no_text_is_cut(name: str, shown: Any) -> None:
    with style.applied():
        figure = DRAWINGS[name](shown, CAPTION).figure
        figure.draw_without_rendering()
        page = figure.bbox
        boxes = [one.get_window_extent() for one in figure.texts if one.get_text()]
        boxes += [axes.get_tightbbox() for axes in figure.axes]
    for box in boxes:
        assert box.x0 > page.x0 - 1
        assert box.y0 > page.y0 - 1
        assert box.x1 < page.x1 + 1
        assert box.y1 < page.y1 + 1


@pytest.mark.parametrize("written", [LONG, "m" * 200, "W" * 65 + " " + "i" * 70])
def test_samples_do_not_run_into_each_other(written: str) -> None:
    with style.applied():
        figure = text.text_samples(samples(written), CAPTION).figure
        figure.draw_without_rendering()
        boxes = [one.get_window_extent() for one in figure.texts if one.get_text()]
    for one in boxes:
        assert sum(one.shrunk(0.98, 0.7).overlaps(other) for other in boxes) == 1  # itself


def test_line_breaks_are_the_models_own_and_indents_are_kept() -> None:
    with style.applied():
        figure = text.text_samples(samples("ROSS\n\n    Ay."), CAPTION).figure
        figure.draw_without_rendering()
        lines = [one for one in figure.texts if one.get_text() in ("ROSS", "Ay.")]
        left, right = lines[0].get_window_extent().x0, lines[1].get_window_extent().x0
    assert [one.get_text() for one in lines[:2]] == ["ROSS", "Ay."]
    assert right - left == pytest.approx(4 * 0.602 * 6.5, abs=1.5)  # 72 dots an inch


def test_a_character_stands_below_its_column() -> None:
    with style.applied():
        figure = text.gates(watched(read="a b\n"), CAPTION).figure
    *above, last = [axes for axes in figure.axes if axes.get_title(loc="left")]
    assert [one.get_text() for one in last.get_xticklabels()] == ["a", "·", "b", "↵"]
    assert [float(one) for one in last.get_xticks()] == [0, 1, 2, 3]
    assert not any(len(axes.get_xticks()) for axes in above)


@pytest.mark.parametrize(("name", "shown"), USUAL)
def test_the_same_bytes_again_and_under_other_settings(
    name: str, shown: Any, tmp_path: Path
) -> None:
    said(tmp_path, name, shown)
    before = (tmp_path / "figure.svg").read_bytes()
    with matplotlib.rc_context({"lines.linewidth": 9, "font.size": 30, "svg.hashsalt": None}):
        said(tmp_path, name, shown)
    assert (tmp_path / "figure.svg").read_bytes() == before


@pytest.mark.parametrize(("name", "shown"), EXTREME)
def test_big_records_give_small_files(name: str, shown: Any, tmp_path: Path) -> None:
    said(tmp_path, name, shown)
    assert (tmp_path / "figure.svg").stat().st_size < 210_000
