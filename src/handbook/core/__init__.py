"""What every other package needs: errors, files written whole or not at all, text for people."""
