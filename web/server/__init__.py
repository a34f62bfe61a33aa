"""The program itself: its processes, the embedded database, starting and ending."""
