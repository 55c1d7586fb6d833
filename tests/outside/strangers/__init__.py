"""Programs that other people wrote, against a server of ours: nothing of ours is in their way."""
