"""Running notebooks: which are stale, in which process, with which engine."""
