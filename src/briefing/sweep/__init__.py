"""Many scenarios: running a sweep, and the tables and the index page over all its runs."""
