"""Credit approval, credit card, Boston housing, diabetes and iris from lines made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from handbook.core.errors import HandbookError
from handbook.data.sets import boston_housing, credit_approval, credit_card, diabetes, iris

APPROVAL = (
    "CustomerID,A1,A2,A3,A4,A5,A6,A7,A8,A9,A10,A11,A12,A13,A14,Class\n"
    "15776156,1,22.08,11.46,2,4,4,1.585,0,0,0,1,2,100,1213,0\n"
    "15739548,0,22.67,7,2,8,4,0.165,0,0,0,0,2,160,1,1\n"
)
BOSTON = (
    '"crim","zn","indus","chas","nox","rm","age","dis","rad","tax","ptratio","b","lstat","medv"\n'
    '0.00632,18,2.31,"0",0.538,6.575,65.2,4.09,1,296,15.3,396.9,4.98,24\n'
    '0.02731,0,7.07,"1",0.469,6.421,78.9,4.9671,2,242,17.8,396.9,9.14,21.6\n'
)
COMPONENTS = ",".join(f"V{number}" for number in range(1, 29))
CARD = (
    f'"Time",{COMPONENTS},"Amount","Class"\n'
    f'0,{",".join(["-1.5"] * 28)},149.62,"0"\n'
    # the full file writes this one time with an exponent
    f'1e+05,{",".join(["2"] * 28)},0,"1"\n'
)


def test_the_customer_is_a_detail_and_no_feature(tmp_path):
    (tmp_path / "Credit_Card_Applications.csv").write_text(APPROVAL)
    data = credit_approval.load(tmp_path, "customer-id")
    assert list(data.X) == [f"A{number}" for number in range(1, 15)]
    assert data.details["CustomerID"].tolist() == [15776156, 15739548]
    categories = [name for name in data.X if data.X[name].dtype == "category"]
    assert categories == ["A1", "A4", "A5", "A6", "A8", "A9", "A11", "A12"]
    assert [data.classes[code] for code in data.y] == ["rejected", "approved"]


@pytest.mark.parametrize("release", ["10k", "full"])
def test_fraud_is_the_positive_class(tmp_path, release):
    (tmp_path / credit_card.SOURCES[release].files[0].name).write_text(CARD)
    data = credit_card.load(tmp_path, release)
    assert data.X["Time"].tolist() == [0, 100_000]
    assert data.X.shape == (2, 30)
    assert [data.classes[code] for code in data.y] == ["legitimate", "fraud"]


def test_the_river_is_a_category(tmp_path):
    (tmp_path / "BostonHousing.csv").write_text(BOSTON)
    data = boston_housing.load(tmp_path, "statlib")
    assert data.X["chas"].tolist() == ["0", "1"]
    assert data.y.tolist() == [24.0, 21.6]
    assert data.classes == ()


def test_swapped_tables_are_refused(tmp_path):
    (tmp_path / "BostonHousing.csv").write_text(APPROVAL)
    with pytest.raises(HandbookError, match="column 'crim' is missing"):
        boston_housing.load(tmp_path, "statlib")


def test_a_regression_finds_the_truth_of_the_generated_tracts():
    data = boston_housing.sample(0)
    whole = (data.y > 5) & (data.y < 50)
    columns = data.X[["rm", "lstat", "ptratio"]].assign(chas=data.X["chas"] == "1").astype(float)
    result = LinearRegression().fit(columns[whole], data.y[whole]).coef_
    assert result == pytest.approx([6, -0.4, -0.8, 3], abs=1.5)


def test_generated_frauds_differ_where_they_should():
    data = credit_card.sample(0)
    shift = data.X[data.y == 1].mean() - data.X[data.y == 0].mean()
    # a standard error is 0.1
    assert shift["V14"] == pytest.approx(-1.5, abs=0.5)
    assert shift["V1"] == pytest.approx(0, abs=0.5)


def test_diabetes_is_in_its_own_units(tmp_path):
    data = diabetes.load(tmp_path, "bundled")
    assert data.X["age"].between(19, 79).all()
    assert data.X["sex"].cat.categories.tolist() == ["1", "2"]
    assert data.y.mean() == pytest.approx(152.13, abs=0.01)  # Efron et al. print 152.1
    assert list(data.X) == ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"]


def test_iris_has_fishers_means(tmp_path):
    data = iris.load(tmp_path, "bundled")
    # Fisher 1936, table II: sepal length of the three species
    means = [data.X["sepal_length"][data.y == code].mean() for code in range(3)]
    assert np.round(means, 3).tolist() == [5.006, 5.936, 6.588]
