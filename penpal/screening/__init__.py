"""The contact guard: text in, findings out. Pure: it knows no person, no letter and no database."""
