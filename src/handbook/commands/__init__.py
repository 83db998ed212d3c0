"""The subcommands of `handbook`, one module for each group of things they deal with."""
