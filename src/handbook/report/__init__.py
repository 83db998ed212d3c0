"""What people look at: figures of each run and the static report made of all results.

The only package that draws. :mod:`handbook.report.figures` draws one run's figures as SVG,
:mod:`handbook.report.pages` names the report's files, :mod:`handbook.report.build` writes them.
Nothing is imported here, so that a change to the pages redraws no figure.
"""
