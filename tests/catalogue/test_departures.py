"""`book` means the book's settings, and a variant that departs from them says so."""

from __future__ import annotations

import pytest
from tests.catalogue.catalogues import GOOD, with_change
from tests.project import ROOT

from handbook.catalogue import reading
from handbook.catalogue.overview import overview
from handbook.catalogue.params import Run
from handbook.catalogue.specs import run_spec
from handbook.core.errors import HandbookError

PARAMS = reading.read(ROOT / "params.yaml")

# What an audit of the book's text found to differ, beside what may be had as it is.
DEPARTING = {
    "lasso": ["alpha"],
    "rbf-network": ["k-means", "20 %", "length of the call"],
    "rbf-regressor": ["eight units"],
    "mlp": ["defaults", "20 %", "length of the call"],
    "som": ["training rows", "5 %"],
    "lenet": ["second loop"],
    "cnn": ["three, and the network is trained"],
    "gan": ["Keras"],
    "dcgan": ["original", "three blocks", "means over a batch"],
}


@pytest.mark.parametrize("name", PARAMS.models)
def test_a_book_variant_says_where_it_departs_and_only_there(name: str) -> None:
    variant = PARAMS.models[name].variants.get("book")
    said = [departure.what for departure in variant.departs] if variant else []
    expected = DEPARTING.get(name, [])
    assert len(said) == len(expected), name
    for words, what in zip(expected, said, strict=True):
        assert words in what
    assert all(departure.lines for departure in (variant.departs if variant else ()))


def book(run: str) -> dict[str, object]:
    return run_spec(PARAMS, PARAMS.run(run)).settings()


def test_the_network_of_term_deposits_has_the_books_split() -> None:
    data = PARAMS.data["bank-marketing-book"]
    assert (data.test_size, data.seed, data.stratified) == (0.33, 4, False)
    assert PARAMS.split_seed("bank-marketing-book") == 4
    assert PARAMS.split_seed("bank-marketing") == PARAMS.seed
    for name in ("rbf-network", "mlp"):
        printed = PARAMS.models[name].variants["book"].book
        assert {data: figures["accuracy"].figure for data, figures in printed.items()} == {
            "bank-marketing-book": 0.88
        }
        assert Run(name, "bank-marketing-book", "book") in list(PARAMS.runs())


@pytest.mark.parametrize(
    ("variant", "steps", "order", "scaling"),
    [
        ("book", 1000, "sequential", "none"),
        ("book-text", 100, "random", "none"),
        ("scaled", 1000, "sequential", "minmax"),
    ],
)
def test_the_map_has_the_updates_rows_and_columns_of_program_and_text(
    variant: str, steps: int, order: str, scaling: str
) -> None:
    for data, columns in (
        ("credit-approval", [f"A{number}" for number in range(1, 13)]),
        ("credit-card", [f"V{number}" for number in range(1, 13)]),
    ):
        spec = run_spec(PARAMS, Run("som", data, variant))
        assert (spec.params["map__n_steps"], spec.params["map__order"]) == (steps, order)
        assert spec.preprocess is not None
        assert (spec.preprocess.numeric, spec.preprocess.columns) == (scaling, {data: columns})


def test_other_settings_are_the_books() -> None:
    assert book("logistic-regression/bank-marketing/book")["params"] == {}
    gan = book("gan/mnist/book")["params"]
    assert (gan["separate_updates"], gan["fresh_noise"]) == (True, True)
    assert book("cnn/mnist/book")["params"]["pooling"] is False
    assert book("dcgan/pokemon/book")["params"]["drawn"] == "all"
    both = book("dcgan/pokemon/book"), book("dcgan/pokemon/identity")
    assert both[0]["params"] == both[1]["params"] | {"drawn": "all"}


def test_what_has_all_columns_depends_on_no_choice_of_columns() -> None:
    assert "columns" not in book("som/credit-card/tuned")["preprocess"]
    assert "columns" in book("som/credit-card/book")["preprocess"]


def test_departures_reach_the_report() -> None:
    entry = overview(PARAMS)["models"]["lasso"]["variants"]
    assert entry["book"]["departs"][0]["lines"] == [1365, 1389, 1391]
    assert entry["tuned"]["departs"] == []


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("departs", [{"what": "rows", "data": ["irs"]}], r"departs.0.data: 'irs'.*'iris'"),
        ("preprocess", {"columns": {"irs": ["a"]}}, r"preprocess.columns: 'irs'.*'iris'"),
        ("departs", [{"what": ""}], "departs.0.what"),
    ],
)
def test_a_departure_or_a_column_of_other_data_is_a_fault(
    key: str, value: object, fault: str
) -> None:
    changed = with_change(f"models.tree.variants.book.{key}", value)
    with pytest.raises(HandbookError, match=fault):
        reading.load(changed)


def test_a_split_may_have_a_seed_of_its_own() -> None:
    changed = GOOD | {"data": GOOD["data"] | {"iris": {"release": "bundled", "seed": 4}}}
    params = reading.load(changed)
    assert (params.split_seed("iris"), params.split_seed("diabetes")) == (4, 1)
