"""The HTTP interface, one folder a noun; every act goes through the Store with the actor, and no file is read here
twice.
"""
