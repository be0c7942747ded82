"""Alerts: what is wrong is told once when it begins and once when it is over, by e-mail, to a webhook, to anybody."""
