"""After training: which model answers, rows from outside, and the history of what was deployed."""
