"""What becomes of a model after training: drift of rows and answers, scores over time."""
