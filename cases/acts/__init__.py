"""The acts of the store, one module a noun; each act is one transaction with its audit entry inside.

They are the parts of `cases.store.Store`; nothing else uses them, and nothing else opens a transaction.
"""
