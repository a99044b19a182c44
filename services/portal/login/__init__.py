"""Login by OpenID Connect, and the session in an encrypted cookie."""
