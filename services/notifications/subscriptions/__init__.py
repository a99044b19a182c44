"""Who wants to know what, and where: wishes, rights, addresses, secrets at rest."""
