"""Mail: letters, how they are worded, and the sender that takes them from the outbox."""
