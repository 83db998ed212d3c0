"""What differs between revisions, experiments and runs, and whether it is real."""
