"""Help that is near: what a child tells a grown-up, who takes it up, and what came of it."""
