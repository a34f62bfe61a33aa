"""What a process keeps in memory, and the changes in the database that it follows."""
