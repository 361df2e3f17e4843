"""How reports become files: workbooks, Word documents, PDF and the pictures in them."""
