"""Writing what this room keeps."""
