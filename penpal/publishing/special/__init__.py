"""The special page: what anybody on the web can read."""
