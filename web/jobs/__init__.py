"""What a worker does beside answering."""
