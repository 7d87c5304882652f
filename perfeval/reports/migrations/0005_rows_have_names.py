"""Goals and key tasks get a name of their own; Results of before the history are kept."""

import secrets

from django.db import migrations, models


def _name_rows(apps, _schema_editor):  # noqa: ANN001, ANN202
    for model in ("Goal", "KeyTask"):
        rows = apps.get_model("reports", model).objects.filter(row="")
        batch = []
        for row in rows.only("pk", "row").iterator(chunk_size=1000):
            row.row = secrets.token_hex(6)
            batch.append(row)
            if len(batch) == 1000:
                apps.get_model("reports", model).objects.bulk_update(batch, ["row"])
                batch = []
        apps.get_model("reports", model).objects.bulk_update(batch, ["row"])


def _keep_scores(apps, _schema_editor):  # noqa: ANN001, ANN202
    apps.get_model("reports", "Score").objects.update(is_kept=True)


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_amounts_may_be_below_zero")]

    operations = [
        migrations.AddField("goal", "row", models.CharField(default="", max_length=12)),
        migrations.AddField("keytask", "row", models.CharField(default="", max_length=12)),
        migrations.AddField("score", "is_kept", models.BooleanField(default=False)),
        migrations.RunPython(_name_rows, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(_keep_scores, migrations.RunPython.noop, elidable=True),
    ]
