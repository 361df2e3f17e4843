"""How long a whole board of policy targets takes, for a county and for a prefecture of ten."""
