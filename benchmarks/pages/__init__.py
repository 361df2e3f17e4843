"""How long lists, searches and detail pages take with few teachers and with many."""
