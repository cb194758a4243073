"""An API that asks Wallet Sessions about the token of each request (RFC 7662). It needs no packages:

INTROSPECTION_URL=http://127.0.0.1:4000/introspect CLIENT_ID=api CLIENT_SECRET=… python3 introspection.py
"""

import base64
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

URL = os.environ['INTROSPECTION_URL']
CREDENTIAL = ':'.join(
    urllib.parse.quote(os.environ[name], safe='') for name in ('CLIENT_ID', 'CLIENT_SECRET')
)


def introspect(token: str) -> dict:
    """Returns what the service knows of a token. Only if `active` is true, the token is valid.

    Raises urllib.error.URLError or OSError if the service does not answer: the token may be valid.
    """
    request = urllib.request.Request(
        URL,
        urllib.parse.urlencode({'token': token}).encode(),
        {'Authorization': 'Basic ' + base64.b64encode(CREDENTIAL.encode()).decode()},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


class Api(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        scheme, _, token = self.headers.get('Authorization', '').partition(' ')
        if scheme.lower() != 'bearer' or not token:
            return self.answer(401, {'error': 'A token is required.'})
        try:
            session = introspect(token)
        except OSError as error:
            self.log_error('introspection failed: %s', error)
            return self.answer(503, {'error': 'Try again later.'})
        if session.get('active') is not True:
            return self.answer(401, {'error': 'The session has ended.'})
        # `sub` is the account of the wallet (CAIP-10): keep your users by it.
        return self.answer(200, {'wallet': session['sub']})

    def answer(self, status: int, document: dict):
        body = json.dumps(document).encode()
        self.send_response(status)
        if status == 401:
            self.send_header('WWW-Authenticate', 'Bearer')
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == '__main__':
    server = ThreadingHTTPServer(('127.0.0.1', int(os.environ.get('PORT', '8000'))), Api)
    print(f'http://127.0.0.1:{server.server_port}', flush=True)
    server.serve_forever()
