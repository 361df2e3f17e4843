"""How offices' spreadsheets are read and written.

Workbooks come in as bytes and go out as bytes; nothing here knows of requests, users or a database. `reading`
opens a file safely, `headers` finds and names its columns, `tidying` turns cells into values and problems,
`writing` makes templates, exports and the annotated copy that goes back to the office. `catalogue` holds the
sheets, `codes_seed` the code tables.
"""
