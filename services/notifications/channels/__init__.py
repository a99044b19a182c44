"""How a message leaves: by e-mail or by webhook. Each channel says what became of one attempt."""
