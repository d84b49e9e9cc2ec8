"""The local Slack workspace in the browser: pages made on the server, kept fresh by a small script. Knows Slack's side only."""
