"""A fault of a text that nobody has to run."""

from __future__ import annotations

from typing import Any

from handbook.catalogue.text_faults import TextFault


def text_fault(section: str, what: str, **known: Any) -> TextFault:
    """Return a fault of a section, with what else is told of it."""
    given = {"book": "one thing", "so": "another", "fault": "wrong claim", "lines": [1]}
    given |= {"terms": ["word"], "how": "both stand there"}
    return TextFault(**{"section": section, "what": what, **given, **known})
