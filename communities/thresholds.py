"""The numbers of the speech against which the registers are held (R32, R48); all inclusive."""

from communities.models import Category

PREMISES_SQM = 400
OUTDOOR_SQM = 500
CERTIFIED_PERCENT = {Category.URBAN: 80, Category.RURAL: 50}
THREE_UNITS = ("一委", "一居", "一站")
