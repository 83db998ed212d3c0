"""Tables as other programs write them."""

from __future__ import annotations

import random
from datetime import date, timedelta

__all__ = ["customers"]


def customers(rows: int = 4_000, seed: int = 0) -> str:
    """Return customers and whether they leave, as a spreadsheet of a German office writes them.

    Semicolons, commas before fractions and points between thousands, two missing marks, dates, a
    number of its own for each row, a column of one value, one of comments, and some customers of
    whom nobody knows whether they leave.
    """
    draw = random.Random(seed)
    lines = ["Nummer;Alter;Einkommen;Beruf;Beginn;Land;Bemerkung;Schulden;Geht"]
    for row in range(rows):
        age, income, debt = (
            draw.randint(18, 89),
            draw.lognormvariate(8, 0.5),
            draw.expovariate(5e-4),
        )
        job = draw.choice(("Angestellt", "Beamter", "Selbständig", "Rentner"))
        begin = date(2015, 1, 1) + timedelta(draw.randrange(3_000))
        score = (age - 50) / 20 - (income - 3_000) / 2_000 + (debt - 2_000) / 3_000
        leaves = "ja" if score + 1.5 * (job == "Rentner") + draw.gauss(0, 1) > 1.2 else "nein"
        cells = [
            str(100_001 + row),
            "k.A." if draw.random() < 0.03 else str(age),
            "" if draw.random() < 0.1 else _german(income),
            "" if draw.random() < 0.05 else job,
            begin.strftime("%d.%m.%Y"),
            "DE",
            f'"Anruf; Nr. {row * 7919 % 1_000_003}"',
            "NA" if draw.random() < 0.02 else _german(debt),
            "" if row % 400 == 7 else leaves,
        ]
        lines.append(";".join(cells))
    return "\r\n".join([*lines, ""])


def _german(number: float) -> str:
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,"))
