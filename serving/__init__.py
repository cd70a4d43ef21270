"""The outside: gateway, Ray Serve deployments, job worker, console and command line."""
