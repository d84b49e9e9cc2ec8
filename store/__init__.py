"""What we remember: the schema, the vault and one module of named queries per noun. Knows neither Slack nor providers."""
