"""An installation's own face, as administrators change it and visitors agree to it."""
