"""A term of invented correspondence that one wants to read; refuses to stand beside real people."""
