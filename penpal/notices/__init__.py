"""Notes to a person that something happened; the rooms above say of what kind."""
