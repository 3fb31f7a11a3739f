"""The stored file went down to communities with its table and rows; here only the model is given up.

Nothing is done in the database: the foreign key of `Evidence` followed its table when that was renamed.
"""

from django.db import migrations, models
from django.db.models.deletion import PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("assessment", "0001_initial"),
        ("communities", "0003_stored_file"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "evidence",
                    "file",
                    models.ForeignKey(on_delete=PROTECT, related_name="uses", to="communities.storedfile"),
                ),
                migrations.DeleteModel("EvidenceFile"),
            ],
        ),
    ]
