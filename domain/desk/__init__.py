"""The desk: what experts do for themselves, from their application to their agenda."""
