"""The page on this machine: the simulated group chat and the complaint list. HTTP is known here alone."""
