"""What the work on the disk shares: files written whole, digests, git."""
