"""Why each job would run, in plain words.

:mod:`handbook.why.plan` asks Snakemake what it would do and why, :mod:`handbook.why.reasons` says
what changed, :mod:`handbook.why.words` brings jobs together that run for the same reason.
"""

from handbook.why.choose import choose
from handbook.why.plan import Job, plan
from handbook.why.reasons import Told, explain
from handbook.why.words import lines

__all__ = ["Job", "Told", "choose", "explain", "lines", "plan"]
