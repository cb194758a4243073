"""Verifies identity tokens of Wallet Sessions. A token stays valid up to 60 s after a logout: prefer introspection.

pip install 'PyJWT[crypto]'
JWKS_URL=http://127.0.0.1:4000/.well-known/jwks.json ISSUER=https://app.example.com AUDIENCE=https://api.example.com \\
    python3 identity_token.py TOKEN
"""

import os
import sys

import jwt

# Keeps the keys for five minutes, and reads them again for a key that it does not know.
keys = jwt.PyJWKClient(os.environ['JWKS_URL'], lifespan=300)


def verify(token: str) -> dict:
    """Returns the claims of a valid token: `sub` is the account of the wallet (CAIP-10), `sid` the session.

    Raises jwt.PyJWTError: PyJWKClientConnectionError if the keys cannot be read, and others for an invalid token.
    """
    return jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token).key,
        # With IDENTITY_TOKEN_ALGORITHM=ES256: ['ES256']. Never take it from the token.
        algorithms=['EdDSA'],
        issuer=os.environ['ISSUER'],
        audience=os.environ['AUDIENCE'],
        options={'require': ['exp', 'iss', 'aud', 'sub', 'sid']},
    )


if __name__ == '__main__':
    print(verify(sys.argv[1])['sub'])
