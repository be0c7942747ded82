import pytest

from app.config import loads
from app.signatures import Hmac, QueryToken

SMALLEST = '[orgs.main]\napi_key = "k"\n'
RELAY = SMALLEST + '[sources.landing]\nprovider = "relay"\nsecret = "let-me-in"\n'
TIMED = """
auth = "hmac"
header = "X-Sig"
timestamp_header = "X-Time"
timestamp_unit = "ms"
tolerance = 60
signed = "{timestamp}:{body}"
"""


@pytest.mark.parametrize(
    ("lines", "scheme"),
    [
        ('auth = "query"', QueryToken(parameter="token")),
        ('auth = "query"\nparameter = "key"', QueryToken(parameter="key")),
        ('auth = "hmac"\nheader = "X-Sig"', Hmac("X-Sig")),
        (
            'auth = "hmac"\nheader = "X-Sig"\nalgorithm = "sha1"\nencoding = "base64"\nprefix = "sha1="',
            Hmac("X-Sig", algorithm="sha1", encoding="base64", prefix="sha1="),
        ),
        (
            'auth = "hmac"\nheader = "X-Sig"\ntimestamp_header = "X-Time"',
            Hmac("X-Sig", signed="{timestamp}.{body}", timestamp_header="X-Time", tolerance=300),
        ),
        (
            TIMED,
            Hmac(
                "X-Sig",
                signed="{timestamp}:{body}",
                timestamp_header="X-Time",
                timestamp_unit="ms",
                tolerance=60,
            ),
        ),
    ],
)
def test_it_makes_the_scheme_that_auth_chooses(lines, scheme, tmp_path):
    config = loads(RELAY + lines, {}, tmp_path)

    assert config.sources["landing"].scheme == scheme


def test_only_a_source_that_says_none_goes_without_a_secret(tmp_path):
    text = SMALLEST + '[sources.open]\nprovider = "relay"\nauth = "none"\n'

    config = loads(text, {}, tmp_path)

    assert config.sources["open"].scheme is None


def test_a_source_may_repeat_how_its_provider_signs(tmp_path):
    how = 'auth = "hmac"\nheader = "Typeform-Signature"\nencoding = "base64"\nprefix = "sha256="\n'
    form = '[sources.form]\nprovider = "typeform"\nsecret = "hush"\n'

    config = loads(SMALLEST + form + how, {}, tmp_path)

    assert config.sources["form"].scheme == config.sources["form"].provider.signature
