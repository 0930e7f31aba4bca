"""Each role's home, composed from the rooms below."""
