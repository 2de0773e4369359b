"""What nobody needs to evaluate a model: the embedded sample set, the model without weights, and their extra."""
