// Measures this service beside its peers, on this machine, in one run.
//
//   npm run bench                 all parts: half an hour
//   npm run bench -- graphql      one part, or several by name
//   npm run bench -- --list       what parts there are
import { prepare } from './system/prepare.js';

await prepare();
// What follows needs the packages that were just installed.
const { parts } = await import('./parts/index.js');
const { runParts } = await import('./report/run-parts.js');

const names = process.argv.slice(2);
if (names.includes('--list')) {
  for (const { name, title } of parts) console.log(`${name.padEnd(16)}${title}`);
} else {
  const unknown = names.filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length > 0) {
    console.error(
      `No such part: ${unknown.join(', ')}. There are ${parts.map(({ name }) => name).join(', ')}.`,
    );
    process.exit(64); // EX_USAGE of sysexits.h
  }
  await runParts(parts.filter(({ name }) => names.length === 0 || names.includes(name)));
}
