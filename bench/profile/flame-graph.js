import { groupOf, placeOf } from './self-time.js';

const WIDTH = 1200;
const ROW = 17;
const MARGIN = 10;
const HEAD = 44;
/** Narrower ones, in pixels, are left out. */
const NARROWEST = 0.4;
const CHARACTER = 6.6;

const COLORS = [
  ['wallet-sessions', '#e8743b'],
  ['compiled documents', '#e8a33b'],
  ['node:', '#8ab4d8'],
  ['the rest of Node.js', '#8ab4d8'],
  ['garbage', '#c0392b'],
  ['no JavaScript', '#b8bec4'],
  ['writing', '#b8bec4'],
  ['built-ins', '#cfd5da'],
];
const OTHER = '#9ccf9c';

/**
 * A profile as a flame graph in SVG: time from left to right, put together by stack, callers below. The width of
 * a frame is its part of the time in which the process was not idle.
 */
export function flameGraph(profile, title) {
  const root = treeOf(profile);
  const rows = [];
  layOut(root, 0, 0, rows);
  const depth = Math.max(...rows.map((frame) => frame.depth));
  const height = HEAD + (depth + 1) * ROW + MARGIN;
  const frames = rows.map((frame) => drawn(frame, root.time, height));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="11">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="${MARGIN}" y="18" font-size="14">${escaped(title)}</text>`,
    `<text x="${MARGIN}" y="34" fill="#555555">orange: this project; blue: Node.js; green: packages; grey: native; red: garbage collection</text>`,
    ...frames,
    '</svg>\n',
  ].join('\n');
}

/** The calls as a tree of `{ frame, time, children }`, in microseconds, those of a frame itself included. */
function treeOf({ nodes, samples, timeDeltas }) {
  const own = new Map();
  samples.forEach((id, index) => {
    own.set(id, (own.get(id) ?? 0) + Math.max(0, timeDeltas[index]));
  });
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const build = ({ id, callFrame, children = [] }) => {
    const below = children
      .map((child) => byId.get(child))
      .filter((child) => child.callFrame.functionName !== '(idle)')
      .map(build);
    const time = below.reduce((sum, child) => sum + child.time, own.get(id) ?? 0);
    return { frame: callFrame, time, children: below };
  };
  return build(nodes[0]);
}

function layOut(node, start, depth, rows) {
  rows.push({ ...node, start, depth });
  let at = start;
  for (const child of [...node.children].sort((a, b) => b.time - a.time)) {
    layOut(child, at, depth + 1, rows);
    at += child.time;
  }
}

function drawn({ frame, start, time, depth }, all, height) {
  const scale = (WIDTH - 2 * MARGIN) / all;
  const width = time * scale;
  if (width < NARROWEST) return '';
  const x = MARGIN + start * scale;
  const y = height - MARGIN - (depth + 1) * ROW;
  const place = placeOf(frame);
  const group = groupOf(frame);
  const fits = Math.floor((width - 4) / CHARACTER);
  const label = fits < 4 ? '' : place.length <= fits ? place : `${place.slice(0, fits - 1)}…`;
  const percent = ((100 * time) / all).toFixed(1);
  return (
    `<g><title>${escaped(`${place} (${group}): ${percent} %`)}</title>` +
    `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${colorOf(group)}"/>` +
    (label === '' ? '' : `<text x="${(x + 2).toFixed(1)}" y="${y + 12}">${escaped(label)}</text>`) +
    '</g>'
  );
}

function colorOf(group) {
  return COLORS.find(([start]) => group.startsWith(start))?.[1] ?? OTHER;
}

function escaped(text) {
  return text.replace(/[&<>]/g, (character) => `&#${character.codePointAt(0)};`);
}
