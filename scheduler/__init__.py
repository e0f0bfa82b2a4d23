"""Time: what falls due and when. Knows rows and clocks, not features."""
