import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { readConfig } from '../../src/config/read.js';
import { VARIABLES } from '../../src/config/variables.js';
import { createMetrics } from '../../src/telemetry/metrics/metrics.js';
import { LIVENESS_PATH } from '../../src/server/health.js';
import { systemClock } from '../../src/clock.js';
import { signIn } from '../harness/api.js';
import { scrape } from '../harness/metrics.js';
import { startTestService } from '../harness/service.js';

const ROOT = resolve(__dirname, '../..');
const contentOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const dashboard = JSON.parse(contentOf('ops/grafana/dashboards/wallet-sessions.json')) as {
  readonly panels: readonly Panel[];
};
const alerts = parse(contentOf('ops/prometheus/alerts.yml')) as {
  readonly groups: readonly { readonly rules: readonly { alert: string; expr: string }[] }[];
};
const scrapes = parse(contentOf('ops/prometheus/prometheus.yml')) as {
  readonly scrape_configs: readonly [{ dns_sd_configs: [{ names: string[]; port: number }] }];
};

interface ComposeService {
  readonly environment?: Record<string, string>;
  readonly volumes?: readonly string[];
  readonly command?: readonly string[];
  readonly expose?: readonly string[];
  readonly ports?: readonly string[];
}

const compose = parse(contentOf('compose.yaml')) as {
  readonly services: Record<'service' | 'redis' | 'prometheus' | 'grafana', ComposeService>;
};

const panels = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }): [string, string] => [title, expr]),
);
const rules = alerts.groups.flatMap((group) =>
  group.rules.map(({ alert, expr }): [string, string] => [alert, expr]),
);

/** The metric names in an expression. */
const namesIn = (expression: string) =>
  expression.match(/\b(?:wallet_sessions|nodejs|process)_\w+/g) ?? [];

/** The syntax errors of an expression. Variables of Grafana are replaced by a value first. */
function mistakesIn(expression: string): string[] {
  const text = expression.replace(/\[\$\w+\]/g, '[5m]').replace(/\$\w+/g, 'value');
  const mistakes: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, from }) => {
      if (type.isError) mistakes.push(text.slice(from));
    },
  });
  return mistakes;
}

describe('the Grafana dashboard and the Prometheus alerts', () => {
  /** The names of the samples that a running service exports. */
  let exported: Set<string>;

  beforeAll(async () => {
    const service = await startTestService('embedded', { METRICS_PORT: '0' });
    await signIn(service.url);
    const { text, names } = await scrape(service.metricsUrl);
    // A histogram without an observation has a type and no samples.
    const histograms = text.matchAll(/^# TYPE (\w+) histogram$/gm);
    exported = new Set(names);
    for (const [, name] of histograms) exported.add(`${name}_bucket`).add(`${name}_count`);
    await service.stop();
  });

  it.each([...panels, ...rules])(
    'queries only exported metrics in %s: %s',
    (_title, expression) => {
      const missing = namesIn(expression).filter((name) => !exported.has(name));

      expect(missing).toEqual([]);
      expect(expression).toMatch(/\b(?:wallet_sessions|nodejs|process)_\w+|\bup\b/);
    },
  );

  it.each([...panels, ...rules])('uses valid PromQL in %s: %s', (_title, expression) => {
    expect(mistakesIn(expression)).toEqual([]);
    expect(mistakesIn(`${expression})`)).not.toEqual([]);
  });

  it('uses every metric of the service in the Grafana dashboard or the Prometheus alerts', () => {
    const shown = [...panels, ...rules].flatMap(([, expression]) => namesIn(expression));
    const unseen = createMetrics(systemClock)
      .registry.getMetricsAsArray()
      .map(({ name }) => name)
      .filter((name) => name.startsWith('wallet_sessions_'))
      .filter((name) => !shown.some((one) => one.replace(/_(?:bucket|count|sum)$/, '') === name));

    expect(unseen).toEqual([]);
  });

  it('describes every Prometheus alert in docs/observability.md', () => {
    const documentation = contentOf('docs/observability.md');

    for (const [alert] of rules) expect(documentation).toContain(`\`${alert}\``);
  });
});

describe('compose.yaml', () => {
  const { service, redis, prometheus, grafana } = compose.services;
  const environment = service.environment ?? {};

  it('sets known variables to valid values in compose.yaml', () => {
    for (const name of Object.keys(environment)) expect(VARIABLES).toHaveProperty(name);

    const { metrics } = readConfig({
      ...environment,
      NODE_ENV: 'production',
      SESSION_KEYS: `first:${Buffer.alloc(32).toString('base64')}`,
      REDIS_URL: 'redis://:password@redis:6379',
      SIGN_IN_ORIGINS: 'http://localhost:4000',
    });
    expect(metrics).toEqual({ host: '0.0.0.0', port: 9464 });
  });

  it('contains no secret in compose.yaml', () => {
    expect(environment['SESSION_KEYS']).toMatch(/^\$\{SESSION_KEYS:\?/);
    expect(environment['REDIS_URL']).toContain('${REDIS_PASSWORD:?');
    expect(grafana.environment?.['GF_SECURITY_ADMIN_PASSWORD']).toMatch(/^\$\{GRAFANA_PASSWORD:\?/);
  });

  it('makes Redis persist its data, evict nothing and require a password in compose.yaml', () => {
    const command = redis.command?.join(' ');

    expect(command).toContain('--appendonly yes');
    expect(command).toContain('--maxmemory-policy noeviction');
    expect(command).toContain('--requirepass "$$REDIS_PASSWORD"');
  });

  it('publishes ports of compose.yaml on the loopback address only, and not the metrics port', () => {
    const ports = Object.values(compose.services).flatMap((one) => one.ports ?? []);

    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(ports.join()).not.toContain('9464');
  });

  it('makes Prometheus scrape the metrics port of the service', () => {
    const [{ dns_sd_configs: instances }] = scrapes.scrape_configs;

    expect(instances).toEqual([{ names: ['service'], type: 'A', port: 9464 }]);
    expect(service.expose).toEqual([environment['METRICS_PORT']]);
  });

  it('mounts only existing files in compose.yaml', () => {
    const mounted = [...(prometheus.volumes ?? []), ...(grafana.volumes ?? [])]
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((path) => path.startsWith('./'));

    expect(mounted.length).toBeGreaterThan(0);
    expect(mounted.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe('the Dockerfile', () => {
  const dockerfile = contentOf('Dockerfile');

  it('allows in .dockerignore every file that the Dockerfile copies', () => {
    const allowed = contentOf('.dockerignore').match(/(?<=^!).+/gm) ?? [];

    expect(allowed.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const needed = ['package.json', 'package-lock.json', 'src', 'pages', 'schema', 'scripts'];
    expect(allowed).toEqual(expect.arrayContaining(needed));
  });

  it('sets only known variables in the Dockerfile', () => {
    const [, variables = ''] = /^ENV ((?:.*\\\n)*.*)$/m.exec(dockerfile) ?? [];
    const names = Array.from(variables.matchAll(/(\w+)=/g), ([, name = '']) => name);

    expect(names).toContain('HOST');
    for (const name of names) expect(VARIABLES).toHaveProperty(name);
  });

  it('runs the Docker container as an unprivileged user and checks the liveness endpoint', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toContain(`${LIVENESS_PATH}\``);
  });
});
