"""The judge against experts: who rates what, on which sheet, and how far they agree."""
