import { createMetrics } from '../../dist/telemetry/metrics/metrics.js';
import { systemClock } from '../../dist/clock.js';
import { table, withSection } from './markdown.js';

/** The table of metrics in `docs/observability.md`. */
export async function metricsTable() {
  const { registry } = createMetrics(systemClock);
  const rows = registry
    .getMetricsAsArray()
    .filter(({ name }) => name.startsWith('wallet_sessions_'))
    .map(({ name, type, labelNames, help }) => [
      `\`${name}\``,
      type,
      labelNames.map((label) => `\`${label}\``).join(', '),
      help,
    ]);
  const section = table(['metric', 'type', 'labels', 'meaning'], rows);
  return [await withSection('docs/observability.md', 'metrics', section)];
}
