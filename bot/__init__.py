"""The front door: knows channels and messages, nothing of complaints or points."""
