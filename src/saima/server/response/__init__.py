"""What follows from a published number: cards, plans, tickets, actions, appeals, messages; from nothing less."""
