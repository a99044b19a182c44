"""Reports of conference, contest and ceremony, and what a district adds up."""
