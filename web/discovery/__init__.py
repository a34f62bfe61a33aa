"""Discovery: experts found by words, field and free time."""
