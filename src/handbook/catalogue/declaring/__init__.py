"""Looking at files that nobody has described, and what the catalogue should say of them."""
