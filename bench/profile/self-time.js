/** Functions of Node.js in C++ that are a system call on a socket and little else. */
const SOCKET_WRITES = new Set([
  'writev',
  'writeBuffer',
  'writeLatin1String',
  'writeUtf8String',
  'writeUcs2String',
  'writeAsciiString',
]);

/** Those whose work is done by code that is compiled to the machine, and counts as theirs. */
const DONE_NATIVELY = new Set(['node:crypto', 'secp256k1']);

/** Whose code a frame of a profile is. */
export function groupOf(frame, caller) {
  const group = ownGroupOf(frame);
  // The same functions write to files: of those, a server here has its log alone.
  if (group === SOCKET && caller?.url.startsWith('node:fs')) return 'writing the log';
  if (group !== BUILT_INS || caller === undefined) return group;
  const callersGroup = ownGroupOf(caller);
  return DONE_NATIVELY.has(callersGroup) ? callersGroup : group;
}

const SOCKET = 'writing to the socket';
const BUILT_INS = 'built-ins of V8 and Node.js';

function ownGroupOf({ functionName, url, scriptId }) {
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(program)') return 'no JavaScript: kernel, parser of HTTP, V8';
  if (functionName === '(root)') return 'no JavaScript: kernel, parser of HTTP, V8';
  if (SOCKET_WRITES.has(functionName) && url === '') return SOCKET;
  if (url === '') return scriptId === '0' ? BUILT_INS : 'compiled documents';
  if (/^node:(internal\/)?(_?http)/.test(url)) return 'node:http';
  if (/^node:(internal\/)?(_?streams?|net|stream_base)/.test(url))
    return 'node:stream and node:net';
  if (/^node:(internal\/)?crypto/.test(url)) return 'node:crypto';
  if (url.startsWith('node:')) return 'the rest of Node.js';
  const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  if (name !== undefined) return name;
  const [, layer] = /\/dist\/([^/]+)\//.exec(url) ?? [];
  return layer === undefined ? 'the server’s own handler' : `wallet-sessions: ${layer}`;
}

/** A frame as a reader finds it again: its function, and its file from the root of a package on. */
export function placeOf({ functionName, url, lineNumber }) {
  const file = url
    .replace(/^.*\/node_modules\//, '')
    .replace(/^file:\/\/.*\/(dist|bench)\//, '$1/');
  const name = functionName === '' ? '(anonymous)' : functionName;
  return file === '' ? name : `${name}, ${file}:${lineNumber + 1}`;
}

/**
 * What part of the time in which the process was not idle was spent in each frame itself.
 * @param nameOf by which frames are put together; it gets the frame and that of its caller
 * @returns shares by name, which add up to 1
 */
export function sharesOf({ nodes, samples, timeDeltas }, nameOf) {
  const callers = new Map(
    nodes.flatMap(({ callFrame, children = [] }) => children.map((id) => [id, callFrame])),
  );
  const names = new Map(
    nodes
      .filter(({ callFrame }) => callFrame.functionName !== '(idle)')
      .map(({ id, callFrame }) => [id, nameOf(callFrame, callers.get(id))]),
  );
  const times = new Map();
  let all = 0;
  samples.forEach((id, index) => {
    const name = names.get(id);
    if (name === undefined) return;
    const time = Math.max(0, timeDeltas[index]);
    times.set(name, (times.get(name) ?? 0) + time);
    all += time;
  });
  return new Map([...times].map(([name, time]) => [name, time / all]));
}
