"""The estimators that this project writes itself, one module each, behind scikit-learn's API."""
