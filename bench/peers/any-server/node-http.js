// The limit: node:http that answers as GET /auth does, with nothing checked.
import { listen } from '../listen.js';

const HEADERS = {
  'x-wallet-account': 'eip155:0:0x9858EfFD232B4033E47d90003D41EC34EcaEda94',
  'x-session-id': 'AAAAAAAAAAAAAAAAAAAA',
  'x-session-expires-at': '2030-01-01T00:00:00.000Z',
  'cache-control': 'no-store',
  'x-request-id': '00000000-0000-4000-8000-000000000000',
};

listen(
  (_request, response) => {
    response.writeHead(204, HEADERS).end();
  },
  () => ({ headers: { authorization: `Bearer ${'A'.repeat(87)}` } }),
);
