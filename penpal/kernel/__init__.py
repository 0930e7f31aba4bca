"""What every room needs and nobody's domain: database, clock, errors, events, access, trail, machine."""
