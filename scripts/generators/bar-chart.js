const WIDTH = 800;
const LABEL_WIDTH = 385;
const MAX_BAR_WIDTH = 300;
const ROW_HEIGHT = 26;
const GROUP_HEIGHT = 34;

const STYLE = [
  'text{font:13px system-ui,sans-serif;fill:#1f2328}',
  '.group{font-weight:600}',
  '.label{text-anchor:end}',
  '.peer{fill:#8b949e}',
  '.ours{fill:#0969da}',
  '@media (prefers-color-scheme:dark){text{fill:#e6edf3}.peer{fill:#6e7681}.ours{fill:#4493f8}}',
].join('');

/**
 * A chart of horizontal bars as SVG, for light and dark pages. Each group has a scale of its own, from 0 to its largest
 * value.
 * @param chart `title`: what the chart shows, for screen readers. `groups`: each with a `title` and `bars` of `label`,
 * `value` and `text`, the value in words; `isOurs` highlights a bar
 */
export function barChart({ title, groups }) {
  const rows = [];
  let top = 4;
  for (const { title: heading, bars } of groups) {
    rows.push(text('group', 0, top + 21, heading));
    top += GROUP_HEIGHT;
    const largest = Math.max(...bars.map(({ value }) => value));
    for (const bar of bars) {
      rows.push(...barOf(bar, top, largest));
      top += ROW_HEIGHT;
    }
  }
  const height = top + 4;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

function barOf({ label, value, text: words, isOurs = false }, top, largest) {
  const width = Math.max(1, Math.round((value / largest) * MAX_BAR_WIDTH));
  const left = LABEL_WIDTH + 10;
  const kind = isOurs ? 'ours' : 'peer';
  return [
    text('label', LABEL_WIDTH, top + 17, label),
    `<rect class="${kind}" x="${left}" y="${top + 4}" width="${width}" height="${ROW_HEIGHT - 8}" rx="2"/>`,
    text('value', left + width + 8, top + 17, words),
  ];
}

const text = (kind, x, y, words) =>
  `<text class="${kind}" x="${x}" y="${y}">${escaped(words)}</text>`;

const escaped = (words) =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
