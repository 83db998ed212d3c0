"""Tests that start the real services which people run beyond one machine: `make test-services`."""
