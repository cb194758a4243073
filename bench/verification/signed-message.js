import { makeWallets } from '../service/wallets.js';

const [wallet] = makeWallets(1);

/** A message as the service writes it, with its signature. */
export function ordinaryMessage() {
  return signed(textWith([]));
}

/** One of 4096 characters, the longest that is read: most of them resources. */
export function longestMessage() {
  const resource = `\n- https://example.com/${'a'.repeat(30)}`;
  const count = Math.floor((4096 - textWith([]).length - '\nResources:'.length) / resource.length);
  const text = textWith(Array(count).fill(resource));
  return signed(text.padEnd(4096, 'a'));
}

function textWith(resources) {
  const now = Date.now();
  return [
    'app.example.com wants you to sign in with your Ethereum account:',
    wallet.address,
    '',
    'Sign in with your wallet. This costs nothing and sends no transaction.',
    '',
    'URI: https://app.example.com',
    'Version: 1',
    'Chain ID: 1',
    'Nonce: 0123456789abcdef0123456789abcdef',
    `Issued At: ${new Date(now).toISOString()}`,
    `Expiration Time: ${new Date(now + 3_600_000).toISOString()}`,
    ...(resources.length > 0 ? [`Resources:${resources.join('')}`] : []),
  ].join('\n');
}

function signed(text) {
  return { text, signature: wallet.sign(text), address: wallet.address };
}
