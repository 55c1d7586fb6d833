"""What travels, one file per noun: the contract word for word (contract.md, D), and our own."""
