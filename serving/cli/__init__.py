"""The command line: one module a command, loaded when it is called; knows HTTP and models only through other layers."""
