"""The operator's desk: what the console's pages and the management API have in common. It knows nothing of HTTP."""
