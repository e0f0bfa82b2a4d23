"""What people say, and what the community does about it: a folder a capability."""
