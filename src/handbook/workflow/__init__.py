"""What the Snakefile asks: provenance of results, the graph of rules, warm processes."""
