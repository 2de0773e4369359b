"""The functions that the YAMLs name. They unpack the harness's values, call the core, and repack."""
