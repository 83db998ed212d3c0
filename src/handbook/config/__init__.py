"""The catalogue: `params.yaml`, typed and checked, and the runs that it asks for."""

from handbook.config.params import Params, Run
from handbook.config.reading import complain, load, schema
from handbook.config.sections import DataSet, Diagnose, Model, Override, Preprocess, Variant
from handbook.report.figures import SHOWS

__all__ = [
    "SHOWS",
    "DataSet",
    "Diagnose",
    "Model",
    "Override",
    "Params",
    "Preprocess",
    "Run",
    "Variant",
    "complain",
    "load",
    "schema",
]
