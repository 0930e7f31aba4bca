"""From a private letter to the printed page: what is submitted, by whom it is looked at, where it stands in the end."""
