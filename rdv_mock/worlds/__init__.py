"""One state that lives: its clock, its agenda, its incidents, its journal."""
