// This service, asked about a session: ASK=auth or ASK=introspect.
import { createHash } from 'node:crypto';
import { readConfig } from '../../../dist/config/read.js';
import { createLogger } from '../../../dist/service/log.js';
import { startService } from '../../../dist/service/start.js';
import { environmentFor } from '../start.js';
import { announce } from './open.js';

const SECRET = 'the secret of the benchmark';
const hash = createHash('sha256').update(SECRET).digest('hex');
const config = readConfig({
  ...environmentFor(process.env.REDIS_URL, 0),
  TOKEN_INTROSPECTION_CLIENTS: `bench:${hash}`,
  RATE_LIMIT_INTROSPECTION_PER_CLIENT: 'none',
});
const service = await startService(config, createLogger('silent', process.stderr));
const asked = {
  auth: () => ({}),
  introspect: (token) => ({
    method: 'POST',
    body: `token=${token}`,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`bench:${encodeURIComponent(SECRET)}`).toString('base64')}`,
    },
  }),
};
const url = service.url
  .replace('/graphql', `/${process.env.ASK}`)
  .replace('localhost', '127.0.0.1');
await announce(url, service.services, asked[process.env.ASK]);
