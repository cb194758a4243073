// The limit: node:http and an answer of the same length, with nothing checked.
import { listen } from '../listen.js';

const id = 'AAAAAAAAAAAAAAAAAAAA';

listen((_request, response) => {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(JSON.stringify({ id }));
});
