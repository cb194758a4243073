import { SiweMessage } from 'siwe';
import type { TestWallet } from './wallet.js';

export const ORIGIN = 'https://app.example.com';

/** A field that is `undefined` is omitted. */
export type MessageOverrides = { [Field in keyof SiweMessage]?: SiweMessage[Field] | undefined };

/** A valid sign-in message at `now`. A test overrides the fields that it is about. */
export function aMessage(
  wallet: Pick<TestWallet, 'address'>,
  nonce: string,
  now: number,
  overrides: MessageOverrides = {},
): string {
  return new SiweMessage({
    domain: 'app.example.com',
    address: wallet.address,
    statement: 'Sign in to the example.',
    uri: ORIGIN,
    version: '1',
    chainId: 1,
    nonce,
    issuedAt: new Date(now).toISOString(),
    expirationTime: new Date(now + 5 * 60_000).toISOString(),
    ...overrides,
  } as Partial<SiweMessage>).prepareMessage();
}
