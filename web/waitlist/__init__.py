"""Getting in line for a day, and taking what is offered."""
