"""Lists and counts of a day read the versions off an index; the least complete profiles of a year come first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("communities", "0004_lineage")]

    operations = [
        migrations.AddIndex(
            model_name="communityversion",
            index=models.Index(fields=["town", "-category", "community", "since", "until"], name="version_in_order"),
        ),
        migrations.RemoveIndex(model_name="yearprofile", name="profile_year"),
        migrations.AddIndex(
            model_name="yearprofile",
            index=models.Index(fields=["year", "known_facts"], name="profile_year_known"),
        ),
    ]
