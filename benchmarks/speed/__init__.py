"""How fast each part is on this machine, in numbers that name the machine."""
