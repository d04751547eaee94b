"""The ground floor: clock, audit, files by hash, ledgers of steps and messages, leases. No words of the race."""
