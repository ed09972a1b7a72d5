"""What a cell means: pure rules, field by field (contacts specification, section 4)."""
