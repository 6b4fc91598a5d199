"""The forms in which models lie on disk: a file for each, reading what tells what they are."""
