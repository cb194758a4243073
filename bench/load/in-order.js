import { Pool } from 'undici';
import { quantile } from '../report/statistics.js';

/**
 * Sends requests that are each good for one time, over several connections, the next one on each when
 * its last was answered: for what `wrk` cannot do, because the requests differ.
 *
 * @param requests each `{ path, method, headers, body }`
 * @returns the figures of {@link loadWithWrk}, and the answers in the order of the requests
 * @throws Error where an answer is not accepted: such a figure means nothing
 */
export async function loadInOrder(url, requests, { accepts, connections = 50 }) {
  const pool = new Pool(new URL(url).origin, { connections, pipelining: 1 });
  const latencies = [];
  const answers = new Array(requests.length);
  let next = 0;
  const client = async () => {
    while (next < requests.length) {
      const position = next;
      next += 1;
      const sent = performance.now();
      const { statusCode, headers, body } = await pool.request(requests[position]);
      const text = await body.text();
      latencies.push(performance.now() - sent);
      answers[position] = { statusCode, headers, text };
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, client));
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  const refused = answers.find((answer) => !accepts(answer));
  if (refused) throw new Error(`${url}: ${refused.statusCode} ${refused.text.slice(0, 300)}`);
  return {
    requests: requests.length,
    seconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    answers,
  };
}

export const isOk = ({ statusCode }) => statusCode >= 200 && statusCode < 300;

/** A GraphQL answer may be 200 and refuse all the same. */
export const hasNoErrors = ({ statusCode, text }) =>
  statusCode === 200 && !text.includes('"errors"');

/** A request with a JSON body. */
export function postJson(path, body, headers = {}) {
  return {
    path,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}
