"""Those who answer for children look at a piece: teachers first, league secretaries after them."""
