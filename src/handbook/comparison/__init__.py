"""What differs between revisions, experiments and runs, and whether it is real.

:mod:`handbook.comparison.resolve` finds what a name stands for,
:mod:`handbook.comparison.differences` compares, :mod:`handbook.comparison.table` writes it for a
terminal, and :mod:`handbook.report.compared` as a page.
"""
