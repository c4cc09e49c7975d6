"""Figure 3: how many stand in the force, and how many different people pass through it, month by month."""
