"""HTTP: a thin skin over the rules, one router per first word of the path."""
