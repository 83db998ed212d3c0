"""Models of characters as estimators: their predictions and their interface."""

from __future__ import annotations

import numpy as np
import pytest
import safetensors.torch
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_get_params_invariance, check_set_params
from tests.models.made_texts import SCHEMES, STREAM, TEXT, WINDOWS, quick

from handbook.core.errors import HandbookError
from handbook.models.text import CharacterModel
from handbook.models.text.language import UNSEEN
from handbook.tasks import language


def unpacked(model: CharacterModel) -> dict[str, np.ndarray]:
    return {
        name: value.double().numpy() for name, value in safetensors.torch.load(model.state_).items()
    }


def softmax(scores: np.ndarray) -> np.ndarray:
    return np.exp(scores) / np.exp(scores).sum()


# --- what it predicts ---------------------------------------------------------------------------


def test_bits_of_a_stream_are_those_of_the_recurrence_worked_by_hand() -> None:
    model = quick(STREAM, cell="rnn").fit(TEXT)
    w = unpacked(model)
    text = TEXT[7:40] + "Ω" + TEXT[:9]
    codes = [model.alphabet_.find(letter) for letter in text]
    h, expected = np.zeros(12), []
    for code, before in zip(codes, [-1, *codes], strict=False):
        x = w["embedding.weight"][before]  # the last row is for what is not known
        h = np.tanh(
            w["recurrent.layers.0.weight_ih_l0"] @ x + w["recurrent.layers.0.bias_ih_l0"]
            + w["recurrent.layers.0.weight_hh_l0"] @ h + w["recurrent.layers.0.bias_hh_l0"]
        )  # fmt: skip
        p = softmax(w["head.weight"] @ h + w["head.bias"]) * (1 - model.unseen_)
        expected.append(-np.log2(model.unseen_ if code < 0 else p[code]))
    np.testing.assert_allclose(model.bits(text), expected, rtol=1e-5)


def test_bits_of_windows_are_those_of_the_recurrence_worked_by_hand() -> None:
    model = quick(WINDOWS, cell="rnn").fit(TEXT)
    w = unpacked(model)
    text = TEXT[5:25]
    codes = [model.alphabet_.index(letter) for letter in text.lower()]
    expected = []
    for at in range(len(codes)):
        read = ([0] * 10 + codes[:at])[-10:]  # zeros stand before the text
        steps = [np.array([code / len(model.alphabet_)]) for code in read]
        for layer in ("recurrent.layers.0", "recurrent.layers.1"):
            h, outputs = np.zeros(6), []
            for x in steps:
                h = np.tanh(
                    w[f"{layer}.weight_ih_l0"] @ x + w[f"{layer}.bias_ih_l0"]
                    + w[f"{layer}.weight_hh_l0"] @ h + w[f"{layer}.bias_hh_l0"]
                )  # fmt: skip
                outputs.append(h)
            steps = outputs
        p = softmax(w["head.weight"] @ steps[-1] + w["head.bias"])
        expected.append(-np.log2(p[codes[at]] * (1 - model.unseen_)))
    np.testing.assert_allclose(model.bits(text), expected, rtol=1e-5)


@pytest.mark.parametrize("settings", SCHEMES)
def test_a_network_that_finds_all_characters_alike_needs_log2_of_the_alphabet(settings) -> None:
    model = quick(settings, epochs=1).fit(TEXT)
    state = safetensors.torch.load(model.state_)
    for name in state:
        if "head." in name:
            state[name] = torch.zeros_like(state[name])
    model.state_ = safetensors.torch.save(state)
    expected = np.log2(len(model.alphabet_)) - np.log2(1 - model.unseen_)
    np.testing.assert_allclose(model.bits(TEXT[:30]), expected, rtol=1e-9)


@pytest.mark.parametrize("settings", SCHEMES)
def test_probabilities_sum_to_one_and_a_character_never_seen_has_its_share(settings) -> None:
    model = quick(settings).fit(TEXT)
    text = "Zebra \u0130 ŷ \n"
    log_probabilities = model.log_probabilities(text)
    assert log_probabilities.shape == (len(text), len(model.alphabet_) + 1)
    np.testing.assert_allclose(np.exp(log_probabilities).sum(axis=1), 1.0)
    bits = model.bits(text)
    assert np.isfinite(bits).all()
    # by adding one to the count of each character, and of this one
    share = 1 / (len(TEXT) + len(model.alphabet_) + 1)
    assert bits[text.index("ŷ")] == pytest.approx(-np.log2(share))
    assert model.encode("ŷ").tolist() == [len(model.alphabet_)]
    assert UNSEEN not in model.predict(text)


@pytest.mark.parametrize("settings", SCHEMES)
def test_a_character_is_predicted_from_what_stands_before_it_alone(settings) -> None:
    model = quick(settings).fit(TEXT)
    text, other = TEXT[:60] + "e" * 9, TEXT[:60] + "king sees"
    np.testing.assert_allclose(
        model.log_probabilities(text)[:61], model.log_probabilities(other)[:61], atol=1e-5
    )
    assert model.log_probabilities("x")[0] == pytest.approx(model.log_probabilities(text)[0])


@pytest.mark.parametrize("settings", SCHEMES)
def test_the_likeliest_character_has_the_fewest_bits(settings) -> None:
    model = quick(settings).fit(TEXT)
    likeliest = model.predict(TEXT[:40])
    assert likeliest.shape == (40,)
    best = model.log_probabilities(TEXT[:40])
    assert likeliest.tolist() == [model.alphabet_[code] for code in best.argmax(axis=1)]


@pytest.mark.parametrize("settings", SCHEMES)
def test_a_text_of_nothing_has_no_bits(settings) -> None:
    model = quick(settings).fit(TEXT)
    assert model.bits("").shape == model.predict("").shape == (0,)


def test_the_books_scheme_reads_and_predicts_in_lower_case() -> None:
    model = quick(WINDOWS).fit(TEXT)
    assert model.alphabet_ == "".join(sorted(set(TEXT.lower())))
    np.testing.assert_array_equal(model.bits(TEXT[:30]), model.bits(TEXT[:30].upper()))
    assert quick(STREAM).fit(TEXT).alphabet_ == "".join(sorted(set(TEXT)))
    # this capital has two characters in lower case
    assert model.bits("\u0130ab").shape == (3,)


def test_long_texts_are_read_in_parts_as_if_at_once() -> None:
    model = quick(STREAM).fit(TEXT)
    long = TEXT * 3  # more than is read at once
    codes = torch.from_numpy(np.append(len(model.alphabet_), model.encode(long)[:-1]))
    with torch.inference_mode():
        scores, _ = model._fitted_network()(codes.unsqueeze(1))
    whole = torch.log_softmax(scores[:, 0].double(), dim=1).numpy()
    np.testing.assert_allclose(
        model.log_probabilities(long)[:, :-1], whole + np.log1p(-model.unseen_), atol=1e-5
    )


# --- its interface ------------------------------------------------------------------------------


def test_it_keeps_scikit_learns_rules_for_parameters() -> None:
    model = quick(STREAM)
    check_get_params_invariance("CharacterModel", model)
    check_set_params("CharacterModel", model)
    assert clone(model).get_params() == model.get_params()
    assert model.fit(TEXT) is model
    tags = get_tags(model)
    assert tags.estimator_type == "language_model"
    assert tags.input_tags.string
    assert not tags.input_tags.two_d_array
    for method in ("bits", "predict", "activations"):
        with pytest.raises(NotFittedError):
            getattr(clone(model), method)(TEXT)


def test_the_defaults_are_the_books() -> None:
    model = CharacterModel()
    model.alphabet_ = "abc"
    network = model._build()
    first, second = network.recurrent.layers
    assert (first.input_size, first.hidden_size) == (1, 300)
    assert (second.input_size, second.hidden_size) == (300, 300)
    assert network.recurrent.dropout == 0.2
    assert (model.window, model.batch_size, model.epochs) == (50, 128, 10)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"scheme": "streams"}, "'scheme' .* must be a str among .*'windows'.* Got 'streams'"),
        ({"cell": "LSTM"}, "'cell' .* Got 'LSTM'"),
        ({"hidden": 0}, "'hidden' .* Got 0"),
        ({"layers": 0}, "'layers' .* Got 0"),
        ({"epochs": 0}, "'epochs' .* Got 0"),
        ({"dropout": 1.0}, "'dropout' .* Got 1.0"),
        ({"clip": 0.0}, "'clip' .* Got 0.0"),
        ({"share": 0.0}, "'share' .* Got 0.0"),
        ({"chunk": 0}, "'chunk' .* Got 0"),
        ({"calibration": 0.0}, "'calibration' .* Got 0.0"),
        ({"members": 0}, "'members' .* Got 0"),
        ({"recurrent_dropout": -0.1}, "'recurrent_dropout' .* Got -0.1"),
        ({"patience": 2}, "'patience' .* validation_fraction above 0. Got 2"),
        ({"samples": -1}, "'samples' .* Got -1"),
        ({"schedule": "cosin"}, "'schedule' .*'cosine'.* Got 'cosin'"),
        ({"batch_size": 2000}, "a text of 792 characters; these settings need 2000 or more"),
        ({"learning_rate": 1e37, "hidden": 64, "clip": None}, "the training diverged"),
    ],
)
def test_a_bad_setting_is_named(settings, message) -> None:
    with pytest.raises((ValueError, HandbookError), match=message):
        quick(STREAM, **settings).fit(TEXT)


def test_a_text_that_is_none_or_too_short_is_named() -> None:
    with pytest.raises(HandbookError, match="given list; expected a text as one str"):
        quick(STREAM).fit([1, 2])
    with pytest.raises(HandbookError, match="a text of 0 characters; these settings need 1"):
        quick(STREAM).fit("")
    with pytest.raises(HandbookError, match="a text of 10 characters; these settings need 11"):
        quick(WINDOWS).fit(TEXT[:10])
    assert quick(WINDOWS).fit(TEXT[:11]).history_
    with pytest.raises(HandbookError, match="given ndarray"):
        quick(STREAM).fit(TEXT).bits(np.zeros(3))


@pytest.mark.parametrize("model", [quick(STREAM), quick(WINDOWS)], ids=["stream", "windows"])
def test_a_text_in_pieces_is_the_same_text(model) -> None:
    whole, pieces = clone(model).fit(TEXT), clone(model).fit(TEXT.splitlines(keepends=True))
    assert pieces.state_ == whole.state_
    for given in (list(TEXT), tuple(TEXT), np.array(list(TEXT))):
        np.testing.assert_array_equal(pieces.bits(given), whole.bits(TEXT))
    assert whole.score(list(TEXT)) == whole.score(TEXT) == -whole.bits(TEXT).mean()


def test_a_grid_search_finds_the_rate_that_learns() -> None:
    """Its folds are blocks of the text, and its score is that of the task."""
    search = GridSearchCV(quick(STREAM), {"learning_rate": [0.0, 0.02]}, cv=2, error_score="raise")
    search.fit(TEXT)
    assert search.best_params_ == {"learning_rate": 0.02}
    half = len(TEXT) // 2
    scores = [
        language.scorer(0)(quick(STREAM, learning_rate=0.02).fit(fitted), left_out)
        for left_out, fitted in ((TEXT[:half], TEXT[half:]), (TEXT[half:], TEXT[:half]))
    ]
    assert search.cv_results_["mean_test_score"][1] == pytest.approx(np.mean(scores), abs=1e-12)
