import { integer, text } from '../forms/text.js';
import { optional, variable } from '../variable.js';

/** Where Prometheus reads how the service does. */
export const METRICS_VARIABLES = {
  METRICS_PORT: optional(
    integer(0, 65_535),
    'The port to serve Prometheus metrics at, under /metrics; 0 takes a free one. Without it there are none, ' +
      'and nothing is measured.',
  ),
  METRICS_HOST: variable(
    text,
    'The address to serve metrics at. They are for whoever can reach it: keep it off the public network.',
    '127.0.0.1',
  ),
} as const;
