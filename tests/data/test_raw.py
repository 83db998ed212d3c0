"""Which raw files a release pins, and for which data set each is acquired."""

from __future__ import annotations

import pytest

from handbook.core.errors import HandbookError
from handbook.data import raw


def test_a_shared_file_belongs_to_the_first_data_set_that_pins_it():
    shared = "data/raw/bank-marketing/bank.zip"
    names = ("bank-marketing", "bank-marketing-realistic")
    for order in (names, names[::-1]):
        owned = raw.owners(dict.fromkeys(order, "bank-full"))
        assert list(owned) == [shared]
        assert owned[shared].data == order[0]
        assert owned[shared].file.name == "bank.zip"


def test_a_sample_owns_nothing_and_has_a_folder_of_its_own_name():
    releases = {"bank-marketing": "sample", "bank-marketing-realistic": "bank-full"}
    assert [entry.data for entry in raw.owners(releases).values()] == ["bank-marketing-realistic"]
    assert raw.folder("bank-marketing-realistic", "sample") == "data/raw/bank-marketing-realistic"


def test_the_folder_is_that_of_the_release():
    assert raw.folder("credit-card", "full") == "data/raw/credit-card"
    assert list(raw.pins("credit-card", "full")) == ["data/raw/credit-card/creditcard.csv"]


def test_an_unknown_release_gets_the_nearest():
    with pytest.raises(HandbookError, match="credit-card: no release 'ful'; did you mean 'full'"):
        raw.source("credit-card", "ful")
