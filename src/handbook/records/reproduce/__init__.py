"""A recorded run repeated from its commit, and what came out the same."""
