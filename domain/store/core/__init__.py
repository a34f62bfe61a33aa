"""What every query and every write goes through: connections, deadlines, transactions."""
