"""Sweeps: many settings of one model, each scored once on the training rows alone.

:mod:`~handbook.sweeps.space` says which settings there are, :mod:`~handbook.sweeps.planning` which
of them are tried when, :mod:`~handbook.sweeps.evaluate` fits and scores one,
:mod:`~handbook.sweeps.trials` remembers what was scored, by digest and for all sweeps together,
:mod:`~handbook.sweeps.exploring` does a share of a sweep, :mod:`~handbook.sweeps.ranking` sums a
sweep up and :mod:`~handbook.sweeps.adoption` writes the best setting into `params.yaml`.
"""
