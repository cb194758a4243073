/** The samples of a scrape by name and labels, as in `name{label="value"}`. */
export interface Scrape {
  readonly text: string;
  /** The value of the only sample with this name and at least these labels, or 0 without such a sample. */
  value(name: string, labels?: Record<string, string>): number;
  /** The names of all samples. */
  readonly names: ReadonlySet<string>;
}

/** Reads metrics as Prometheus does. */
export async function scrape(url: string | undefined): Promise<Scrape> {
  if (url === undefined) throw new Error('The service serves no metrics.');
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The metrics were answered with ${response.status}.`);
  const text = await response.text();
  const samples = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(readSample);
  return {
    text,
    names: new Set(samples.map(({ name }) => name)),
    value(name, labels = {}) {
      const found = samples.filter(
        (sample) =>
          sample.name === name &&
          Object.entries(labels).every(([label, value]) => sample.labels.get(label) === value),
      );
      const [only, ...others] = found;
      if (others.length > 0) throw new Error(`Several samples of ${name} have those labels.`);
      return only?.value ?? 0;
    },
  };
}

function readSample(line: string) {
  const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  return {
    name,
    labels: new Map(
      Array.from(labels.matchAll(/(\w+)="([^"]*)"/g), ([, label = '', text = '']) => [label, text]),
    ),
    value: Number(value),
  };
}
