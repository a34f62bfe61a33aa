"""The log of acts. Nothing here changes or deletes an entry, but for `expiry`."""
