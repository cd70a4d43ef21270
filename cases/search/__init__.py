"""Search over what cases keep: an index beside the store, made of it, never the source of truth."""
