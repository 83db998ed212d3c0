"""The loop that writes text, and what is suggested to improve it (section 5.6)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from handbook.labs.result import Result, against, implies, outcome

__all__ = ["compute", "write"]


def write(window: list[int], steps: int, alphabet: str, keep: Callable[[int], int | str]) -> str:
    """Write characters, each from a window of those before it, and return them.

    In the place of the network stands the character behind the window's last in the alphabet.

    Parameters
    ----------
    window : list of int
        Codes of characters.
    steps : int
    alphabet : str
        The character of each code.
    keep : callable
        Makes of the next character's code what goes into the window.

    Examples
    --------
    >>> write([0, 1], 3, "abcd", keep=lambda code: code)
    'cda'
    """
    kept: list[int | str] = list(window)
    written = ""
    for _ in range(steps):
        shares = np.reshape(kept, (1, len(kept), 1)) / float(len(alphabet))  # (1, window, 1)
        code = (round(shares[0, -1, 0] * len(alphabet)) + 1) % len(alphabet)
        written += alphabet[code]
        kept = [*kept[1:], keep(code)]
    return written


def compute(alphabet: str, window: list[int], steps: int) -> list[Result]:
    """Run the book's loop that writes text, with codes in its window and with characters."""
    after = window[-1] + 1
    turning = "".join(alphabet[(after + step) % len(alphabet)] for step in range(steps))
    return [
        against("the alphabet from there on, again and again")(
            f"{steps} characters of the loop as it is listed",
            write(window, steps, alphabet, keep=lambda code: code),
            turning,
        ),
        against("numpy divides no text")(
            "the loop with characters in its window, as is suggested",
            outcome(lambda: write(window, steps, alphabet, keep=lambda code: alphabet[code])),
            "raises TypeError",
            book=implies("runs", (6547, 6549)),
            reason="the window goes back into the network as numbers: a character in it cannot be "
            "divided by the alphabet's size. The listing is right as it is, and prints characters "
            "already",
            instead="keeps codes in the window and characters in the text (model char-lstm)",
            fault="crashes when run",
        ),
    ]
