"""The editor's desk: choosing, changing with every change visible, asking the author."""
