"""A piece: what is submitted, a frozen copy of it, who has to agree, and what has become of it."""
