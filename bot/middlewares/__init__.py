"""What happens to every message that matters, in this order: serialize, transaction, identify, dedupe, limit, understand."""
