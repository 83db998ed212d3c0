"""What a fitted model learnt, computed from its saved file as plain data."""
