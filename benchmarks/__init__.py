"""What we claim about speed, each beside a peer or a floor in the same run. `make bench` writes RESULTS.md."""
