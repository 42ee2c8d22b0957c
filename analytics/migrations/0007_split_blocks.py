import struct

from django.db import migrations, transaction

BATCH = 500
MEASURES = ("enrolled", "present", "participated", "contributions")
BUILT = "layout.1 contributions.1 enrolled.1 participated.1 present.1"


def parts_of(data):
    """A block as it was: for each unit days enrolled, those present, those taking part, contributions.

    Each part becomes the block of its measure: (unit, number of slices, slices); a set is one slice, or none.
    """
    found = dict.fromkeys(MEASURES, b"")
    at = 0
    while at < len(data):
        unit = data[at : at + 8]
        at += 8
        for measure in MEASURES:
            height = 1
            if measure in ("enrolled", "contributions"):
                height = data[at]
                at += 1
            start = at
            for _slice in range(height):
                at = end_of_set(data, at)
            is_empty = all(one == 0 for one in data[start:at])
            if height and not is_empty:
                found[measure] += unit + bytes([height]) + data[start:at]
    return {measure: part for measure, part in found.items() if part}


def end_of_set(data, at):
    (runs,) = struct.unpack_from("<H", data, at)
    at += 2
    for _run in range(runs):
        _start, length = struct.unpack_from("<HI", data, at)
        at += 6 + length
    return at


def split(apps, schema_editor):
    Block = apps.get_model("analytics", "ActivityBlock")
    blocks = Block.objects.filter(measure="").order_by("pk")
    while batch := list(blocks[:BATCH]):
        with transaction.atomic():
            Block.objects.filter(pk__in=[block.pk for block in batch]).delete()
            Block.objects.bulk_create(
                [
                    Block(
                        organisation_id=block.organisation_id,
                        grain=block.grain,
                        starts_on=block.starts_on,
                        scope=block.scope,
                        scope_id=block.scope_id,
                        measure=measure,
                        layout=1,
                        data=data,
                    )
                    for block in batch
                    for measure, data in parts_of(bytes(block.data)).items()
                ],
                # A block that the code of now has written meanwhile is newer.
                ignore_conflicts=True,
            )
    apps.get_model("analytics", "BuiltDay").objects.filter(measures="").update(measures=BUILT)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("analytics", "0006_measure_of_a_block")]
    operations = [migrations.RunPython(split, migrations.RunPython.noop)]
