"""The console: pages for people, rendered on the server and made lively by native ES modules.

It knows the store, the JSON API's addresses and serving.security; it runs no model and starts no job by itself: the
browser asks the JSON API for that, with the session cookie and the CSRF token, as any other client would.
"""
