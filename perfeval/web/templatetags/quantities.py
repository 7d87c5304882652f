"""Print amounts, rates and points: the one formatter of ``scoring.quantity``, as filters."""

from decimal import Decimal

from django import template

from perfeval.scoring import quantity

register = template.Library()

#: What stands where there is no number yet.
NO_NUMBER = "—"


@register.filter
def wan(amount: Decimal | None) -> str:
    """Return an amount in 万元: 40,959.93."""
    return NO_NUMBER if amount is None else quantity.format_wan(amount)


@register.filter
def percent(rate: Decimal | None) -> str:
    """Return a rate (1 is 100%): 99.49%."""
    return NO_NUMBER if rate is None else quantity.format_percent(rate)


@register.filter
def points(value: Decimal | None) -> str:
    """Return points: 48.95, 20."""
    return NO_NUMBER if value is None else quantity.format_points(value)
