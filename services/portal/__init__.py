"""The pages: a client of the three services' public HTTP, without a database of its own.

Rights and truth stay where they are: each page asks with the token of who reads it, and what the
services refuse the page shows. Any number of replicas may run; none remembers anything.
"""
