import { useId, useMemo, useState, type PointerEvent } from 'react';
import { scaleBand } from 'd3-scale';
import { stack } from 'd3-shape';
import { ChartTable } from './chart-table.js';
import { Pattern } from './pattern.js';
import { totalOf, type ChartData, type Column, type Range } from './summarize.js';
import { useWidth } from './use-width.js';

interface ChartProps {
  readonly title: string;
  readonly data: ChartData;
  readonly range: Range;
}

const NUMBER = new Intl.NumberFormat();
const COMPACT = new Intl.NumberFormat(undefined, { notation: 'compact' });

const HEIGHT = 180;
const MARGIN = { top: 8, right: 4, bottom: 22, left: 36 };
const LABEL_WIDTH = 64;

/**
 * Stacked columns over time. Series differ by pattern and by their order, which the legend repeats, and not by colour
 * alone. All values are in a table as well.
 */
export function Chart({ title, data, range }: ChartProps) {
  const heading = useId();
  const [pointed, setPointed] = useState<number>();
  const column = pointed === undefined ? undefined : data.columns[pointed];
  const total = data.series.reduce((sum, series) => sum + series.total, 0);
  const hasReasons = data.series.length > 1 || title.includes('by reason');
  return (
    <figure className="card chart" aria-labelledby={heading}>
      <figcaption>
        <h3 id={heading}>{title}</h3>
        <p className="quiet">
          {column ? (
            <>
              {column.title}: <strong>{NUMBER.format(totalOf(column))}</strong>
            </>
          ) : (
            <>
              <strong>{NUMBER.format(total)}</strong> in {range.title}
            </>
          )}
        </p>
      </figcaption>
      {total === 0 ? (
        <p className="chart-empty quiet">None in {range.title}.</p>
      ) : (
        <Plot
          label={summaryOf(title, data, range)}
          data={data}
          pointed={pointed}
          onPoint={setPointed}
        />
      )}
      {hasReasons && total > 0 && <Legend data={data} column={column} />}
      {total > 0 && <ChartTable title={title} data={data} range={range} />}
    </figure>
  );
}

/** What a chart shows, in a sentence for screen readers. */
function summaryOf(title: string, { columns }: ChartData, range: Range): string {
  const totals = columns.map(totalOf);
  const most = Math.max(...totals);
  const peak = columns[totals.indexOf(most)];
  return `${title} in ${range.title}: at most ${NUMBER.format(most)}, ${peak?.title ?? ''}. The table has all values.`;
}

interface PlotProps {
  readonly label: string;
  readonly data: ChartData;
  readonly pointed: number | undefined;
  readonly onPoint: (column: number | undefined) => void;
}

function Plot({ label, data: { columns, series }, pointed, onPoint }: PlotProps) {
  const [place, width] = useWidth<HTMLDivElement>();
  const patterns = useId();
  const { x, y, layers, ticks } = useMemo(() => {
    const most = Math.max(1, ...columns.map(totalOf));
    const across = scaleBand<number>()
      .domain(columns.map(({ from }) => from))
      .range([MARGIN.left, width - MARGIN.right])
      .padding(columns.length > 12 ? 0.2 : 0.35);
    const axis = axisTo(most);
    const height = HEIGHT - MARGIN.bottom - MARGIN.top;
    const stacked = stack<Column>()
      .keys(series.map(({ name }) => name))
      .value(({ counts }, name) => counts[name] ?? 0);
    return {
      x: across,
      y: (value: number) => HEIGHT - MARGIN.bottom - (value / axis.top) * height,
      layers: stacked([...columns]),
      ticks: axis.ticks,
    };
  }, [columns, series, width]);
  const every = Math.max(1, Math.ceil((columns.length * LABEL_WIDTH) / width));

  function point({ clientX, currentTarget }: PointerEvent) {
    const { left } = currentTarget.getBoundingClientRect();
    const index = Math.floor((clientX - left - MARGIN.left) / x.step());
    onPoint(index >= 0 && index < columns.length ? index : undefined);
  }

  return (
    <div ref={place} className="plot">
      <svg
        role="img"
        aria-label={label}
        width={width}
        height={HEIGHT}
        onPointerMove={point}
        onPointerLeave={() => {
          onPoint(undefined);
        }}
      >
        <defs>
          {series.map(({ name }, index) => (
            <Pattern key={name} id={`${patterns}-${index}`} index={index} />
          ))}
        </defs>
        {ticks.map((tick) => (
          <g key={tick} transform={`translate(0 ${y(tick)})`} className="tick">
            <line x1={MARGIN.left} x2={width - MARGIN.right} />
            <text x={MARGIN.left - 8} dy="0.32em" textAnchor="end">
              {COMPACT.format(tick)}
            </text>
          </g>
        ))}
        {columns.map(({ from, label: text }, index) =>
          (columns.length - 1 - index) % every === 0 ? (
            <text
              key={from}
              className="column-label"
              x={Math.min((x(from) ?? 0) + x.bandwidth() / 2, width - 18)}
              y={HEIGHT - 6}
              textAnchor="middle"
            >
              {text}
            </text>
          ) : null,
        )}
        {pointed !== undefined && columns[pointed] && (
          <rect
            className="pointed"
            x={(x(columns[pointed].from) ?? 0) - (x.step() - x.bandwidth()) / 2}
            y={MARGIN.top}
            width={x.step()}
            height={HEIGHT - MARGIN.bottom - MARGIN.top}
          />
        )}
        {layers.map((layer, index) => (
          <g key={layer.key} fill={`url(#${patterns}-${index})`} className={`series-${index}`}>
            {layer.map(([low, high], column) =>
              high > low ? (
                <rect
                  key={column}
                  className="value"
                  x={x(columns[column]?.from ?? 0)}
                  y={y(high)}
                  width={x.bandwidth()}
                  height={Math.max(1, y(low) - y(high))}
                />
              ) : null,
            )}
          </g>
        ))}
      </svg>
    </div>
  );
}

/**
 * Two to five round numbers from 0 to at least `most`. The linear scale of d3, which brings formats and colours along, would
 * be a tenth of the script of this page.
 */
function axisTo(most: number): { readonly ticks: readonly number[]; readonly top: number } {
  const power = 10 ** Math.floor(Math.log10(most));
  const unit = [0.2, 0.5, 1, 2].map((share) => share * power).find((step) => most / step <= 4);
  const step = Math.max(1, unit ?? 5 * power);
  const count = Math.ceil(most / step);
  return { top: count * step, ticks: Array.from({ length: count + 1 }, (_, tick) => tick * step) };
}

interface LegendProps {
  readonly data: ChartData;
  /** The column whose values are shown; without one, the totals. */
  readonly column: Column | undefined;
}

/** From top to bottom as in the columns. */
function Legend({ data: { series }, column }: LegendProps) {
  const patterns = useId();
  return (
    <ul className="legend" role="list">
      {series
        .map(({ name, total }, index) => (
          <li key={name}>
            <svg width={16} height={16} aria-hidden="true" className={`series-${index}`}>
              <defs>
                <Pattern id={`${patterns}-${index}`} index={index} />
              </defs>
              <rect className="value" width={16} height={16} fill={`url(#${patterns}-${index})`} />
            </svg>
            <span>{name}</span>
            <strong>{NUMBER.format(column ? (column.counts[name] ?? 0) : total)}</strong>
          </li>
        ))
        .reverse()}
    </ul>
  );
}
