"""How names, numbers and cells are written for people: one place for page, terminal, Markdown and CSV."""
