"""Signing in at a provider of one's own organisation, by OpenID Connect."""
