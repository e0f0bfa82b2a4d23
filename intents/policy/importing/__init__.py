"""Reading policies out of the files that staff have: one file here a format, and what bad input gets."""
