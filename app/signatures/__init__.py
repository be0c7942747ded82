"""How senders prove that a webhook is theirs. A scheme is a value; nothing here keeps state."""

from app.signatures.body_field import BodyField
from app.signatures.body_hash_jwt import BodyHashJwt
from app.signatures.doctor import diagnose
from app.signatures.hmac_scheme import Hmac
from app.signatures.jwt import Jwt
from app.signatures.rsa import RsaSignature
from app.signatures.scheme import Scheme
from app.signatures.shared import BasicAuth, Bearer, QueryToken, SharedSecret
from app.signatures.standard_webhooks import StandardWebhooks

__all__ = [
    "BasicAuth",
    "Bearer",
    "BodyField",
    "BodyHashJwt",
    "Hmac",
    "Jwt",
    "QueryToken",
    "RsaSignature",
    "Scheme",
    "SharedSecret",
    "StandardWebhooks",
    "diagnose",
]
