"""Figures that are worked out anew from what is so, by jobs that can run twice; never counted up."""
