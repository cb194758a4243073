// Express 5 with nothing checked.
import express from 'express';
import { listen } from '../listen.js';

const id = 'AAAAAAAAAAAAAAAAAAAA';

const app = express();
app.get('/', (_request, response) => {
  response.json({ id });
});
// What is compared is the check, not the reading of a longer request.
listen(app, () => ({ headers: { authorization: `Bearer ${'A'.repeat(87)}` } }));
