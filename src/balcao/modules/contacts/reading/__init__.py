"""From the bytes of an upload to rows of cells."""
