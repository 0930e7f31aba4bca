"""The consent ledger: who said yes to what, when and how, and when they took it back."""
