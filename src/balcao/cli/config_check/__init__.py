"""`balcao check-config`: what is missing or unsafe for an environment, in words, before a start says so."""
