"""What a site brings of its own: its logo, its card, its manifest and its legal pages."""
