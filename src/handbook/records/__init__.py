"""What was run: records, tables, comparisons, repetitions, and the same in MLflow."""
