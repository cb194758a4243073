// The least that node:http does: a 204 without headers, with nothing checked.
import { listen } from '../listen.js';

listen(
  (_request, response) => {
    response.statusCode = 204;
    response.end();
  },
  () => ({ headers: { authorization: `Bearer ${'A'.repeat(87)}` } }),
);
