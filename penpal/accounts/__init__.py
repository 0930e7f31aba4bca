"""People, their roles over subtrees, activation, sign-in and sessions."""
