"""The page of an expert, and the times on it."""
