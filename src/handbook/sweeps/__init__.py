"""Sweeps: many settings of one model, each scored once on the training rows alone.

:mod:`~handbook.catalogue.space` says which settings there are, :mod:`~handbook.sweeps.plan` which
of them are tried when, :mod:`~handbook.sweeps.evaluate` fits and scores one,
:mod:`~handbook.sweeps.trials` remembers what was scored, by digest and for all sweeps together,
:mod:`~handbook.sweeps.explore` does a share of a sweep, :mod:`~handbook.sweeps.rank` sums a
sweep up and :mod:`~handbook.sweeps.adopt` writes the best setting into `params.yaml`.
"""
