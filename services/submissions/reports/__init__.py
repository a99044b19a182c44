"""Reports of conference, contest and ceremony, and what the unit above adds up."""
