"""Reading for the pages, by theme. Everything is narrowed to a person's reach."""
