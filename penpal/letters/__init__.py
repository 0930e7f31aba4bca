"""Letters: long form, written with care, kept for good."""
