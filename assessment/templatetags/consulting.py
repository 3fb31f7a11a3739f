"""How an opinion is shown."""

from django import template

from assessment.consultation_lists import answer_badge

register = template.Library()
register.filter("answer_badge", answer_badge)
