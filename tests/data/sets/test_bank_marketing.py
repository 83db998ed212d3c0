from __future__ import annotations

import zipfile

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import train_test_split

from handbook.core.errors import HandbookError
from handbook.data.prepare import prepare
from handbook.data.sets import bank_marketing, bank_marketing_book, bank_marketing_realistic

HEADER = (
    '"age";"job";"marital";"education";"default";"balance";"housing";"loan";"contact";"day";'
    '"month";"duration";"campaign";"pdays";"previous";"poutcome";"y"\n'
)
ROWS = (
    '58;"management";"married";"tertiary";"no";2143;"yes";"no";"unknown";5;"may";261;1;-1;0;'
    '"unknown";"no"\n'
    '44;"technician";"single";"secondary";"no";29;"yes";"no";"cellular";5;"may";151;1;87;2;'
    '"failure";"yes"\n'
)


def raw(tmp_path, text):
    with zipfile.ZipFile(tmp_path / "bank.zip", "w") as file:
        file.writestr("bank-full.csv", text)
    return tmp_path


def test_never_contacted_is_a_missing_value(tmp_path):
    data = bank_marketing.load(raw(tmp_path, HEADER + ROWS), "bank-full")
    assert data.X["pdays"].tolist()[1] == 87
    assert np.isnan(data.X["pdays"][0])
    assert data.X["previous"].tolist() == [0, 2]


def test_yes_is_the_positive_class(tmp_path):
    data = bank_marketing.load(raw(tmp_path, HEADER + ROWS), "bank-full")
    assert data.classes[1] == "yes"
    assert data.y.tolist() == [0, 1]
    assert "y" not in data.X


def test_the_smaller_table_of_the_same_archive_is_not_taken_for_it(tmp_path):
    with zipfile.ZipFile(tmp_path / "bank.zip", "w") as file:
        file.writestr("bank.csv", HEADER + ROWS)
    with pytest.raises(HandbookError, match=r"holds no 'bank-full.csv'"):
        bank_marketing.load(tmp_path, "bank-full")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('"pdays"', '"days"'), "column 14 is called 'days', expected 'pdays'"),
        (('"yes"\n', '"perhaps"\n'), "'y' holds 'perhaps'"),
        (("58;", "old;"), "line 2, column 'age': 'old'"),
    ],
)
def test_another_file_is_refused(tmp_path, change, message):
    with pytest.raises(HandbookError, match=message):
        bank_marketing.load(raw(tmp_path, (HEADER + ROWS).replace(*change)), "bank-full")


def test_the_sample_follows_its_known_truth():
    data = bank_marketing.sample(0)
    success = data.y[(data.X["poutcome"] == "success").to_numpy()].mean()
    assert success > 2 * data.y.mean()  # log-odds of 2.5, as said
    assert (data.X["pdays"].isna() == (data.X["previous"] == 0)).all()


@pytest.mark.data
def test_most_customers_of_the_real_data_were_never_contacted(mirror):
    data = bank_marketing.load(mirror / "bank-marketing", "bank-full")
    assert data.X["pdays"].isna().sum() == 36_954
    assert data.X["pdays"].min() == 1


def test_the_realistic_set_is_the_same_rows_without_the_length_of_the_call(tmp_path):
    folder = raw(tmp_path, HEADER + ROWS)
    both = bank_marketing.load(folder, "bank-full")
    alone = bank_marketing_realistic.load(folder, "bank-full")
    assert set(both.X) - set(alone.X) == {"duration"}
    assert alone.X.equals(both.X[list(alone.X)])
    assert (alone.y == both.y).all()
    assert alone.name == "bank-marketing-realistic"


def test_both_sets_come_from_one_file_and_are_split_alike():
    entry, other = (
        bank_marketing.SOURCES["bank-full"],
        bank_marketing_realistic.SOURCES["bank-full"],
    )
    assert (entry.folder, entry.files) == (other.folder, other.files)
    splits = [
        prepare(module.sample(3), seed=1, test_size=0.3)[2]["digest"]
        for module in (bank_marketing, bank_marketing_realistic)
    ]
    assert splits[0] == splits[1]


@pytest.mark.data
def test_the_books_split_is_that_of_its_listing(mirror):
    raw_folder = mirror / "bank-marketing"
    with zipfile.ZipFile(raw_folder / "bank.zip") as file, file.open("bank-full.csv") as table:
        frame = pd.read_csv(table, sep=";")
    listed = train_test_split(frame, test_size=0.33, random_state=4)
    data = bank_marketing_book.load(raw_folder, "bank-full")
    own = prepare(data, seed=4, test_size=0.33, stratified=False)
    assert [len(part) for part in listed] == [30_291, 14_920]
    for part, expected in zip(own, listed, strict=False):
        assert (part.y == (expected["y"] == "yes")).all()
        assert (part.X["pdays"].fillna(-1).to_numpy() == expected["pdays"]).all()
        for column in ("age", "balance", "duration", "job", "month", "poutcome"):
            assert (part.X[column].to_numpy() == expected[column]).all()


def test_nothing_is_expected_of_the_column_left_out():
    entries = bank_marketing_realistic.expectations("bank-full")
    assert "duration" not in str([entry.arguments for entry in entries])
    assert len(entries) > 60
