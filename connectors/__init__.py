"""The outside world: providers, and one engine that reaches them all. Knows neither Slack nor the store."""
