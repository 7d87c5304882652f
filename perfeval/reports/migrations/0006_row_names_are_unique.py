"""Names of rows are unique."""

from django.db import migrations, models

import perfeval.reports.models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0005_rows_have_names"),
    ]

    operations = [
        migrations.AlterField(
            "goal", "row", models.CharField(default=perfeval.reports.models.new_row, max_length=12)
        ),
        migrations.AlterField(
            "keytask",
            "row",
            models.CharField(default=perfeval.reports.models.new_row, max_length=12),
        ),
        migrations.AddConstraint(
            "goal", models.UniqueConstraint(fields=("report", "row"), name="goal_row_unique")
        ),
        migrations.AddConstraint(
            "keytask", models.UniqueConstraint(fields=("report", "row"), name="key_task_row_unique")
        ),
    ]
