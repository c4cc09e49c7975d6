"""Turning results into finished documents: staged, rendered, re-read and only then put in place."""
