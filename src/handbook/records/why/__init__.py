"""Why each job would run, in plain words."""
