"""Photos: taken in, stripped to their pixels, made small, kept in a folder or a bucket, shown to few."""
