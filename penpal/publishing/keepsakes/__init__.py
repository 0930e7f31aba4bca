"""What the children keep of it themselves: a clipping, and the book of their letters."""
