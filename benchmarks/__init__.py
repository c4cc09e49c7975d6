"""Benchmarks: ratios against the stock tools, measured in one run on one machine."""
