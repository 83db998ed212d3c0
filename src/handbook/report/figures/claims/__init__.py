"""The figures of claims, a function for each, in modules by topic."""
