"""A reproducible briefing on the DPRK's military deployment to Russia, from claims to a finished document."""
