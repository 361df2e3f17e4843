"""The empty form of the import, with the county's schools to choose from."""

import io

import openpyxl


def test_the_template_offers_the_schools_and_the_import_page_knows_the_kind(client, county, school, officer):
    client.sign_in(officer)
    assert 'value="resources" selected' in client.get("/imports/new?kind=resources").text.replace(
        'selected value="resources"', 'value="resources" selected'
    )
    book = openpyxl.load_workbook(io.BytesIO(client.get("/imports/templates/resources.xlsx").data))
    heads = [str(cell.value).lstrip("*") for cell in book.worksheets[0][2]]
    assert heads[:3] == ["学校", "学年", "单独校区学段"]
    assert school.name in [row[0].value for row in book["字典"].iter_rows()]
