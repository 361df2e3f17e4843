"""Official tables and the yearly work report, built from the figures of the other rooms."""
