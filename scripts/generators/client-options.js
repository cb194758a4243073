import { interfaceOptions } from './interface-options.js';
import { table, withSection } from './markdown.js';

const OPTIONS = 'client/src/options.ts';

/** What takes options, with the interface that has them. */
const FUNCTIONS = {
  createWalletSessionsClient: [OPTIONS, 'WalletSessionsClientOptions'],
  bindToKeys: ['client/src/dpop/index.ts', 'KeyBindingOptions'],
};

/** The methods of a client that take options, with the interface that has them. */
const METHODS = {
  signIn: 'SignInOptions',
  reauthenticate: 'ReauthenticateOptions',
  createChallenge: 'ChallengeOptions',
  sessions: 'PageOptions',
  logoutAll: 'LogoutAllOptions',
  'request, logout': 'DocumentOptions',
  session: 'RequestOptions',
};

/** The options of the client in docs/client.md. */
export async function clientOptions() {
  const functions = Object.entries(FUNCTIONS).map(
    async ([name, [path, type]]) =>
      `### ${name}\n\n${table(['option', 'type', 'default', 'meaning'], await interfaceOptions(path, type))}`,
  );
  const methods = Object.entries(METHODS).map(async ([names, type]) => {
    const rows = await interfaceOptions(OPTIONS, type);
    const called = names
      .split(', ')
      .map((name) => `\`${name}\``)
      .join(', ');
    return rows.map((row) => [called, ...row]);
  });
  const rows = (await Promise.all(methods)).flat();
  const ofMethods = table(['method', 'option', 'type', 'default', 'meaning'], rows);
  const sections = [...(await Promise.all(functions)), `### Methods\n\n${ofMethods}`];
  return [await withSection('docs/client.md', 'options', sections.join('\n\n'))];
}
