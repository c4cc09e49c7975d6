"""The charts of the briefing, one a file, drawn from data frames and numbers."""
