"""Another program of the same four addresses, measured beside ours in the same run."""
