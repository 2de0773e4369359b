"""``--model medq_baseline``: classical image quality measures answer the questions. A floor, no weights needed."""
