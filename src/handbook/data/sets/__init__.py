"""The data sets, one module each; adding a module registers it."""
