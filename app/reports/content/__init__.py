"""What stands in reports: the official tables, the evidence, the return form and the yearly work report."""
