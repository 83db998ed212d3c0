"""Answers over HTTP: the deployed model's, each of them kept in a log."""
