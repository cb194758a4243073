import { makeWallets } from '../service/wallets.js';

const [wallet] = makeWallets(1);

/** A message as the service writes it, with its signature. */
export function ordinaryMessage() {
  return signed(textWith([]));
}

/** So many of 4096 characters, the longest that is read: most of them resources. Each is another, as is its signature. */
export function longestMessages(count) {
  return Array.from({ length: count }, (_, number) =>
    longestMessage(number.toString(16).padStart(32, '0')),
  );
}

function longestMessage(nonce) {
  const resource = `\n- https://example.com/${'a'.repeat(30)}`;
  const count = Math.floor(
    (4096 - textWith([], nonce).length - '\nResources:'.length) / resource.length,
  );
  const text = textWith(Array(count).fill(resource), nonce);
  return signed(text.padEnd(4096, 'a'));
}

function textWith(resources, nonce = '0123456789abcdef'.repeat(2)) {
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
    `Nonce: ${nonce}`,
    `Issued At: ${new Date(now).toISOString()}`,
    `Expiration Time: ${new Date(now + 3_600_000).toISOString()}`,
    ...(resources.length > 0 ? [`Resources:${resources.join('')}`] : []),
  ].join('\n');
}

function signed(text) {
  return { text, signature: wallet.sign(text), address: wallet.address };
}
