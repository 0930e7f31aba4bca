"""Operating: health, metrics, the line of each request, backup and restore."""
