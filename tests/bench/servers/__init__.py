"""The floors of the stream: servers that do nothing but what is measured."""
