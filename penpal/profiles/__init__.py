"""What partners see of each other: a few interests, a self-introduction, a question."""
