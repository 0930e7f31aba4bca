"""Column issues: what stands in one, its proof, its files, the day it comes out."""
