"""The measures, by theme; `registry` brings them in."""
