"""Units tied to units, students tied to students, one to one and always under the tie above."""
