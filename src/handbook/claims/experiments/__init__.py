"""The experiments on claims, one module each."""
