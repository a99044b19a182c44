"""What every command needs and is asked: who, where, when; what comes in and what goes out."""
