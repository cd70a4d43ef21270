"""What happens when things break: servers killed, disks full, bytes changed; asks the service over the wire alone."""
