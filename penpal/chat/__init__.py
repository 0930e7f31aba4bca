"""Chat: the short form, in real time, between the two of a pair."""
