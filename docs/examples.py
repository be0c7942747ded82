"""One short example of each table of ``bridge.toml``, and of each kind of ``auth``, for docs/configuration.md."""

from collections.abc import Mapping

EXAMPLES: Mapping[str, str] = {
    "server": """
[server]
public_url  = "https://hooks.example.com"
admin_token = "${env:BRIDGE_ADMIN_TOKEN}"
""",
    "upstream": """
[upstream]
rate_limit = 250                                 # something else uses the other half
""",
    "alerts": """
[alerts]
to = ["mailto://bridge:${env:MAIL_PASSWORD}@example.com?to=ops@example.com"]
""",
    "orgs.<name>": """
[orgs.main]
api_key = "${env:INVENT_API_KEY}"
""",
    "sources.<name>": """
[sources.landing]                                # POST /hooks/landing
provider = "relay"
auth     = "bearer"
secret   = ["${env:LANDING_TOKEN}", "${env:LANDING_TOKEN_NEXT}"]
event_id = "lead.id"
""",
    "sources.<name>.contact": """
[sources.landing]
provider = "relay"
auth     = "bearer"
secret   = "${env:LANDING_TOKEN}"

[sources.landing.contact]
name  = "join(' ', [lead.first_name, lead.last_name])"
email = "lead.email"
""",
    "sources.<name>.segments[]": """
[sources.landing]
provider = "relay"
auth     = "bearer"
secret   = "${env:LANDING_TOKEN}"

[[sources.landing.segments]]
id   = "seg_vip"
when = "contains(lead.tags, 'vip')"
""",
}

_LANDING = 'secret = "${env:LANDING_TOKEN}"'
AUTH_EXAMPLES: Mapping[str, str] = {
    "bearer": _LANDING,
    "basic": 'secret = "bridge:${env:LANDING_TOKEN}"',
    "header": f'header = "X-Token"\n{_LANDING}',
    "query": f'parameter = "key"\n{_LANDING}',
    "hmac": f'header = "X-Signature"\nprefix = "sha256="\n{_LANDING}',
    "standard-webhooks": _LANDING,
    "none": "",
}
