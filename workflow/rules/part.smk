# What `handbook run` asks for: the results of a part of the catalogue.
from handbook.report.site.part import targets

if PART_NAMES:

    rule part:
        """collects a part of the catalogue"""
        input:
            targets(PARAMS, PART),
        message:
            "That part is there"
