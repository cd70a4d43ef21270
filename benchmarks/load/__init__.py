"""What the service costs under load: latency over the bare model, memory over time; over the wire alone."""
