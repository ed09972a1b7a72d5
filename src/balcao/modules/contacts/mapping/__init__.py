"""Which column is what: headers, contents, memory."""
