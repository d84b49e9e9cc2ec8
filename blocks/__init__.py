"""What people read, turned into Slack's blocks. Pure: view models in, plain dicts out."""
