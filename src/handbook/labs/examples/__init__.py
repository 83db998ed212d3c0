"""The worked examples, one module each; adding a module registers it."""
