"""Who may do what: passwords, keys, sessions, declared policies and the guard that enforces them; knows no route."""
