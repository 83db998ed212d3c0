"""Repeat a recorded run from its commit, in a folder of its own, and say what came out the same.

:mod:`handbook.reproduce.restore` brings code, parameters and data of the record together,
:mod:`handbook.reproduce.outcome` holds the new run against the recorded one.
"""

from handbook.reproduce.outcome import lines, outcome
from handbook.reproduce.repeat import repeat
from handbook.reproduce.restore import mirror_for, restore

__all__ = ["lines", "mirror_for", "outcome", "repeat", "restore"]
