"""`flask eligibility judge`: judge a county from the shell."""

from collections import Counter

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy import select

from app.audit.operations import SYSTEM
from app.db.clock import today
from app.eligibility import operations, queries
from app.eligibility.models import EligibilityRuleSet
from app.eligibility.wording import reason_label
from app.extensions import db
from app.regions.models import Region
from app.web.transaction import transaction

group = AppGroup("eligibility", help="Who must rotate: judging by the rules in force.")


@group.command("judge")
@click.option("--county", "code", required=True, help="The county's code (GB/T 2260).")
@click.option("--year", type=click.IntRange(2000, 2100), default=lambda: today().year, help="The school year.")
@click.option("--create-default", is_flag=True, help="Put the usual rules in force where there are none yet.")
def judge(code: str, year: int, create_default: bool) -> None:
    """Judge every teacher of a county and print the counts by verdict and reason."""
    with transaction():
        county = db.session.scalar(select(Region).where(Region.code == code))
        if county is None:
            raise click.ClickException(f"There is no region with the code {code}.")
        rule_set = queries.rule_set_in_force(county.id, year)
        if rule_set is None and not create_default:
            raise click.ClickException(
                f"{county.name} has no rules in force for {year}. Put some in force first, or add --create-default."
            )
        if rule_set is None:
            draft = operations.create_draft(actor=SYSTEM, county_id=county.id, year=year)
            rule_set = operations.put_in_force(actor=SYSTEM, draft=draft)
        else:
            operations.ensure_judged(actor=SYSTEM, rule_set=rule_set)
        with force_locale("en"):
            _print_counts(county, rule_set)


def _print_counts(county: Region, rule_set: EligibilityRuleSet) -> None:
    verdicts = queries.verdicts_of(rule_set.id).values()
    eligible = [v for v in verdicts if v.is_eligible]
    click.echo(f"{county.name} {rule_set.school_year}, version {rule_set.revision}: {len(verdicts)} teachers judged")
    for name, number in (
        ("eligible", len(eligible)),
        ("in the denominator", sum(v.is_counted for v in verdicts)),
        ("eligible, in the sending pool", sum(v.is_in_pool for v in eligible)),
        ("eligible, backbone", sum(v.is_backbone for v in eligible)),
        ("eligible, young", sum(v.is_young for v in eligible)),
        ("not eligible", len(verdicts) - len(eligible)),
    ):
        click.echo(f"  {name:<32}{number:>7}")
    against = Counter(code for v in verdicts for code in {reason.code for reason in v.against})
    for reason, number in sorted(against.items(), key=lambda item: (-item[1], item[0])):
        click.echo(f"    {reason:<30}{number:>7}  {reason_label(reason)}")
