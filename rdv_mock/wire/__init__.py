"""What travels, one file per noun: the contract word for word, and our own.

See docs/contract/README.md#shapes.
"""
