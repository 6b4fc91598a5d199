"""The only layer that speaks LSP: it registers handlers and translates errors."""
