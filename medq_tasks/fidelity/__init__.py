"""What a backend does to the pixels before the model sees them (`medq fidelity`)."""
