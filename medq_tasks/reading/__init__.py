"""What every reader of a reply shares. Texts in, values out."""
