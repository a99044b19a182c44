"""Reports of conference, contest and ceremony, figures, and what a district adds up."""
