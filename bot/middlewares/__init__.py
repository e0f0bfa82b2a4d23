"""What happens to every message that matters, in this order: serialize, pictures, transaction, identify, dedupe, limit,
understand.
"""
