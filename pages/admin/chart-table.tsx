import { totalOf, type ChartData, type Range } from './summarize.js';

interface ChartTableProps {
  readonly title: string;
  readonly data: ChartData;
  readonly range: Range;
}

const NUMBER = new Intl.NumberFormat();

/** The values of a chart, newest first. */
export function ChartTable({ title, data: { columns, series }, range }: ChartTableProps) {
  const name = `${title} in ${range.title}`;
  return (
    <details className="chart-table">
      <summary>
        <span>
          Table<span className="visually-hidden"> of {name}</span>
        </span>
      </summary>
      <div className="scroll" role="region" aria-label={`Table of ${name}`} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {series.map((each) => (
                <th key={each.name} scope="col">
                  {each.name}
                </th>
              ))}
              {series.length > 1 && <th scope="col">Total</th>}
            </tr>
          </thead>
          <tbody>
            {columns.toReversed().map((column) => (
              <tr key={column.from}>
                <th scope="row">{column.title}</th>
                {series.map((each) => (
                  <td key={each.name}>{NUMBER.format(column.counts[each.name] ?? 0)}</td>
                ))}
                {series.length > 1 && <td>{NUMBER.format(totalOf(column))}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
