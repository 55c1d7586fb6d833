"""What travels: the contract word for word, one file per noun (contract.md, D)."""
