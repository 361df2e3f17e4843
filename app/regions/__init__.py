"""The region tree (GB/T 2260): province, prefecture, county, township. Scopes are nodes of it.

Tables: region. Used by: everybody, through access; administrators edit it.
"""
