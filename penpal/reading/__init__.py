"""One book that both read: proposing it, keeping pace, notes held back until their place, reflections."""
