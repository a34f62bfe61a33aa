"""The desk: what experts see and do behind the counter."""
