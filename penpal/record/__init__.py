"""The record: what staff did to children's accounts and data, for the secretary of the school."""
