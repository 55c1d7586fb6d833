"""What is allowed: pure functions over facts and `now`; no HTTP, no SQL, no clock, no chance."""
