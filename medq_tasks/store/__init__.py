"""What is kept on disk, for every room above: judge replies, locks, whole files, and no secret in any of them."""
