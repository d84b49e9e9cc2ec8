"""The pretend outside world: a strict Slack workspace, people in it, browsers, and the providers, all on one loopback port.

Meets the bot over HTTP and WebSocket only; imports nothing of ours but the providers' declarations, and no slack_sdk.
"""
