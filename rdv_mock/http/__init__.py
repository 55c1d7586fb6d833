"""The path of a call: from the connection to the operation, and back to the journal."""
