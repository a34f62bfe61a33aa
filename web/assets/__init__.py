"""Scripts, styles, fonts and portraits."""
