"""What people ask beside "how does it stand": how did it stand then, how would it stand if."""
