"""Schools, classes and students in and out as spreadsheets, and the children's slips."""
