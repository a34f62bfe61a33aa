"""The site: an installation's own face, its logo, and all that its texts have said."""
