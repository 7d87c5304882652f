"""What opens a file: runs in a limited process only. ``reading.services`` is the door to it."""
