"""What measures and conditions must hold beyond their form, each check a file."""
