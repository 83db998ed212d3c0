"""The worked examples of the handbook, each computed and held against an independent source."""
