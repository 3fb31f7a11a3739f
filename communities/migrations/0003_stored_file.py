"""The stored file comes down from assessment, so that registers can keep files too. Its table moves, its rows stay.

`assessment.0001_initial` made the table; that is why this migration waits for it, and why no other migration of
assessment may stand between that dependency and `assessment.0002_stored_file`, which gives the model up.
"""

from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.deletion import PROTECT

OWNER = {"on_delete": PROTECT, "related_name": "+"}
TOWN = {**OWNER, "null": True, "blank": True, "to": "communities.town", "verbose_name": "镇（开发区、街道）"}
COMMUNITY = {**OWNER, "to": "communities.community", "verbose_name": "社区（村）"}
DISTRICT = {**OWNER, "to": "communities.district", "verbose_name": "区"}
KINDS = [
    ("image/jpeg", "照片（JPG）"),
    ("image/png", "图片（PNG）"),
    ("application/pdf", "PDF"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word（docx）"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel（xlsx）"),
]


def name_the_owners(apps, schema_editor):
    """Every file there is belongs to a community: its town and district follow."""
    community = apps.get_model("communities", "Community").objects.filter(pk=OuterRef("community_id"))
    apps.get_model("communities", "StoredFile").objects.update(
        town=Subquery(community.values("town")[:1]), district=Subquery(community.values("town__district")[:1])
    )
    settle(schema_editor)


def forget_other_owners(apps, schema_editor):
    """The older table holds files of communities only; the others go, as the registers they belong to do."""
    apps.get_model("communities", "StoredFile").objects.filter(community__isnull=True).delete()
    settle(schema_editor)


def settle(schema_editor):
    """Check foreign keys now: PostgreSQL alters no table that waits for a check."""
    schema_editor.connection.check_constraints()


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("communities", "0002_registers"),
        ("assessment", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="StoredFile",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("community", models.ForeignKey(**COMMUNITY)),
                        ("file", models.FileField(max_length=120, upload_to="", verbose_name="文件")),
                        ("name", models.CharField(max_length=200, verbose_name="文件名")),
                        ("kind", models.CharField(choices=KINDS, max_length=100, verbose_name="类型")),
                        ("size", models.PositiveIntegerField(verbose_name="大小（字节）")),
                        ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                        ("uploaded_by", models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                    ],
                    options={
                        "verbose_name": "文件",
                        "verbose_name_plural": "文件",
                        "db_table": "assessment_evidencefile",
                        "constraints": [
                            models.UniqueConstraint(fields=("community", "sha256"), name="same_file_once_in_community")
                        ],
                    },
                ),
            ],
        ),
        migrations.AlterModelTable("storedfile", None),
        # Before the owners, so that on the way back the rows without a community are gone when it is required again.
        migrations.AlterField("storedfile", "community", models.ForeignKey(null=True, blank=True, **COMMUNITY)),
        migrations.AddField("storedfile", "town", models.ForeignKey(**TOWN)),
        migrations.AddField("storedfile", "district", models.ForeignKey(null=True, **DISTRICT)),
        migrations.RunPython(name_the_owners, forget_other_owners),
        migrations.AlterField("storedfile", "district", models.ForeignKey(**DISTRICT)),
        migrations.RemoveConstraint("storedfile", "same_file_once_in_community"),
        migrations.AddConstraint(
            "storedfile",
            models.CheckConstraint(
                condition=Q(community__isnull=True) | Q(town__isnull=False), name="file_of_community_names_town"
            ),
        ),
        migrations.AddConstraint(
            "storedfile",
            models.UniqueConstraint(
                fields=("community", "sha256"), condition=Q(community__isnull=False), name="file_once_in_community"
            ),
        ),
        migrations.AddConstraint(
            "storedfile",
            models.UniqueConstraint(
                fields=("town", "sha256"),
                condition=Q(community__isnull=True, town__isnull=False),
                name="file_once_in_town",
            ),
        ),
        migrations.AddConstraint(
            "storedfile",
            models.UniqueConstraint(
                fields=("district", "sha256"), condition=Q(town__isnull=True), name="file_once_in_district"
            ),
        ),
        migrations.CreateModel(
            name="RecordFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record_type", models.CharField(max_length=60)),
                ("record_id", models.PositiveBigIntegerField()),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                ("file", models.ForeignKey(on_delete=PROTECT, related_name="records", to="communities.storedfile")),
            ],
            options={
                "verbose_name": "附件",
                "verbose_name_plural": "附件",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("record_type", "record_id", "file"), name="same_file_once_on_record"
                    )
                ],
            },
        ),
    ]
