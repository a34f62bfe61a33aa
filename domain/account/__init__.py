"""An attendee's account: signing in by mail, and the data that are kept of a person."""
