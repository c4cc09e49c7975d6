"""Static pages beside the documents: one base template, one stylesheet, no network and no script."""
