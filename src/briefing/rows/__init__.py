"""Rows of tables and parts of figures that a notebook shows, from what the model found on the ledger."""
