import { useCallback, useId, useMemo, useState, type ReactNode } from 'react';
import { Button } from '../design/button.js';
import { Icon } from '../design/icon.js';
import { StatisticsDocument, type PeriodFieldsFragment } from '../generated/documents.js';
import { Chart } from './chart.js';
import { Failure } from './failure.js';
import { chartOf, RANGES, type ChartData, type Range } from './summarize.js';
import { useAccess } from './use-access.js';
import { useLoaded } from './use-loaded.js';
import { nameOfCode, nameOfEnd } from './words.js';

const NUMBER = new Intl.NumberFormat();

/** How the service is used: figures of now, and charts over hours and days. */
export function Overview() {
  const { request } = useAccess();
  const [range, setRange] = useState<Range>(RANGES[0]);
  const { result, failure, isLoading, reload } = useLoaded(
    useCallback(
      async (signal: AbortSignal) => {
        const { statistics } = await request(
          StatisticsDocument,
          { hours: range.hours },
          { signal },
        );
        return { ...statistics, range };
      },
      [request, range],
    ),
  );
  const charts = useMemo(() => result && chartsOf(result.hours, result.range), [result]);
  const title = useId();
  return (
    <section aria-labelledby={title} aria-busy={isLoading}>
      <div className="section-head">
        <h2 id={title}>Overview</h2>
        <div className="section-tools">
          <RangeChoice value={range} onChange={setRange} />
          <Button
            aria-label="Load again"
            className="icon-button"
            isBusy={isLoading}
            onClick={reload}
          >
            <Icon name="refresh" size={18} />
          </Button>
        </div>
      </div>
      <Failure text={failure} onRetry={reload} />
      {result && charts && (
        <>
          <dl className="figures">
            <Figure name="Active sessions" value={result.activeSessions} note="now" />
            <Figure name="Wallets" value={result.wallets} note={`in ${result.range.title}`} />
            <Figure name="Sign-ins" value={sum(charts.signIns)} note={`in ${result.range.title}`} />
            <Figure
              name="Refused sign-ins"
              value={sum(charts.refusals)}
              note={`in ${result.range.title}`}
            />
          </dl>
          <div className="charts">
            <Chart title="Sign-ins" data={charts.signIns} range={result.range} />
            <Chart title="Refreshes" data={charts.refreshes} range={result.range} />
            <Chart title="Refused sign-ins by reason" data={charts.refusals} range={result.range} />
            <Chart title="Ended sessions by reason" data={charts.ends} range={result.range} />
          </div>
          {result.dashboardUrl !== null && (
            <p className="dashboard">
              <a href={result.dashboardUrl} target="_blank" rel="noopener noreferrer">
                Open the dashboard of metrics
              </a>{' '}
              <span className="quiet">for latencies, errors and the load of each instance</span>
            </p>
          )}
        </>
      )}
      {!result && isLoading && <div className="placeholder" />}
    </section>
  );
}

function chartsOf(hours: readonly PeriodFieldsFragment[], range: Range) {
  return {
    signIns: chartOf(hours, range, ({ signIns }) => [['Sign-ins', signIns]]),
    refreshes: chartOf(hours, range, ({ refreshes }) => [['Refreshes', refreshes]]),
    refusals: chartOf(hours, range, ({ refusals }) =>
      refusals.map(({ reason, count }) => [nameOfCode(reason), count] as const),
    ),
    ends: chartOf(hours, range, ({ revocations }) =>
      revocations.map(({ reason, count }) => [nameOfEnd(reason), count] as const),
    ),
  };
}

const sum = ({ series }: ChartData) => series.reduce((total, each) => total + each.total, 0);

interface FigureProps {
  readonly name: string;
  readonly value: number;
  readonly note: ReactNode;
}

function Figure({ name, value, note }: FigureProps) {
  return (
    <div className="card figure">
      <dt>{name}</dt>
      <dd>
        <strong>{NUMBER.format(value)}</strong> <span className="quiet">{note}</span>
      </dd>
    </div>
  );
}

interface RangeChoiceProps {
  readonly value: Range;
  readonly onChange: (range: Range) => void;
}

function RangeChoice({ value, onChange }: RangeChoiceProps) {
  const name = useId();
  return (
    <fieldset className="choice">
      <legend className="visually-hidden">Range</legend>
      {RANGES.map((range) => (
        <label key={range.name}>
          <input
            type="radio"
            name={name}
            checked={range === value}
            onChange={() => {
              onChange(range);
            }}
          />
          <span>{range.title}</span>
        </label>
      ))}
    </fieldset>
  );
}
