"""What differs between briefings, and why: parameters, numbers, judgements, evidence and code."""
