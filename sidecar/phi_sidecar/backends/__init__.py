"""One file per runtime, behind the seam of `base`."""
