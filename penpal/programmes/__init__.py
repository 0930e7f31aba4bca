"""The two programmes as data: who supports whom, rounds and their calendar, what units counted."""
