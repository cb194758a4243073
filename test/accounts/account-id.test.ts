import fc from 'fast-check';
import { decodeBase58, encodeBase58 } from '../../src/accounts/base58.js';
import {
  addressOf,
  chainIdOf,
  contractAt,
  parseAccountId,
  parseChainId,
  type AccountId,
} from '../../src/accounts/account-id.js';
import { packAccount, unpackAccount } from '../../src/accounts/packed-account.js';
import { isSameWallet, partitionOf } from '../../src/accounts/wallet.js';

const ADDRESS = '0x9858EfFD232B4033E47d90003D41EC34EcaEda94';
const MAINNET = '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';
const SOLANA_ADDRESS = '7S3P4HxJpyyigGzodYwHtCxZyUQe9JiBMHyRWXArAaKv';

describe('account ids', () => {
  it.each([
    ['an EOA', `eip155:0:${ADDRESS}`],
    ['a contract on a chain', `eip155:8453:${ADDRESS}`],
    ['a Solana account', `solana:${MAINNET}:${SOLANA_ADDRESS}`],
    ['an account of a namespace without rules', 'cosmos:cosmoshub-3:cosmos1t2uflqwqe0fsj0shcfkr'],
  ])('are read as they are: %s', (_what, name) => {
    expect(parseAccountId(name)).toBe(name);
    expect(unpackAccount(packAccount(name as AccountId))).toBe(name);
  });

  it.each([
    ['an address in lower case', `eip155:1:${ADDRESS.toLowerCase()}`, `eip155:1:${ADDRESS}`],
    [
      'the name of a Solana cluster',
      `solana:mainnet:${SOLANA_ADDRESS}`,
      `solana:${MAINNET}:${SOLANA_ADDRESS}`,
    ],
  ])('are made canonical: %s', (_what, given, canonical) => {
    expect(parseAccountId(given)).toBe(canonical);
  });

  it.each([
    ADDRESS,
    '',
    'eip155:1',
    `eip155::${ADDRESS}`,
    `eip155:01:${ADDRESS}`,
    `eip155:-1:${ADDRESS}`,
    `eip155:9007199254740993:${ADDRESS}`,
    `EIP155:1:${ADDRESS}`,
    `eip155:1:${ADDRESS.replace('E', 'e')}`,
    `eip155:1:${ADDRESS}0`,
    ` eip155:1:${ADDRESS}`,
    `eip155:1:${ADDRESS}\n`,
    `solana:0:${SOLANA_ADDRESS}`,
    `solana:${MAINNET}:${SOLANA_ADDRESS.slice(2)}`,
    `solana:${MAINNET}:1${SOLANA_ADDRESS}`,
    `solana:${MAINNET}:${SOLANA_ADDRESS.replace('7', '0')}`,
    `solana:${MAINNET}:${'z'.repeat(44)}`,
    `solana:${MAINNET}:${'1'.repeat(33)}`,
    `a:b:${'c'.repeat(129)}`,
  ])('are refused if they are not valid: %j', (name) => {
    expect(parseAccountId(name)).toBeUndefined();
  });

  it('treats account ids that differ in case as one wallet for Ethereum, and as different ones for Solana', () => {
    const lower = `eip155:0:${ADDRESS.toLowerCase()}` as const;
    expect(isSameWallet(lower, `eip155:0:${ADDRESS}`)).toBe(true);
    expect(partitionOf(lower)).toBe(partitionOf(`eip155:0:${ADDRESS}`));
    const solana = `solana:${MAINNET}:${SOLANA_ADDRESS}` as const;
    expect(isSameWallet(solana, solana.toLowerCase() as AccountId)).toBe(false);
  });

  it('gives different account ids to an EOA, to contracts on each chain and to clusters', () => {
    const names = [
      `eip155:0:${ADDRESS}`,
      `eip155:1:${ADDRESS}`,
      `eip155:10:${ADDRESS}`,
      `solana:${MAINNET}:${SOLANA_ADDRESS}`,
      `solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1:${SOLANA_ADDRESS}`,
    ] as AccountId[];
    expect(new Set(names.map((name) => partitionOf(name))).size).toBe(names.length);
  });

  it('derives a chain only from the account id of an account on one, and a contract only from one on every chain', () => {
    expect(chainIdOf(`eip155:0:${ADDRESS}`)).toBeUndefined();
    expect(chainIdOf(`eip155:10:${ADDRESS}`)).toBe('eip155:10');
    expect(addressOf(`eip155:10:${ADDRESS}`)).toBe(ADDRESS);
    expect(contractAt(`eip155:0:${ADDRESS}`, 'eip155:10')).toBe(`eip155:10:${ADDRESS}`);
    expect(contractAt(`eip155:0:${ADDRESS}`, 'eip155:0')).toBeUndefined();
    expect(contractAt(`eip155:0:${ADDRESS}`, `solana:${MAINNET}`)).toBeUndefined();
    expect(contractAt(`eip155:1:${ADDRESS}`, 'eip155:1')).toBeUndefined();
    expect(contractAt(`solana:${MAINNET}:${SOLANA_ADDRESS}`, `solana:${MAINNET}`)).toBeUndefined();
  });
});

describe('chain ids', () => {
  it.each([
    ['eip155:1', 'eip155:1'],
    ['solana:mainnet', `solana:${MAINNET}`],
    ['solana:devnet', 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1'],
    ['solana:testnet', 'solana:4uhcVJyU9pJkvQyS88uRDiswHXSCkY3z'],
    ['solana:localnet', 'solana:localnet'],
    [`solana:${MAINNET}`, `solana:${MAINNET}`],
    ['eip155:0', undefined],
    ['eip155:01', undefined],
    ['1', undefined],
    ['solana:mainnet-beta', undefined],
  ])('%s is %s', (given, chainId) => {
    expect(parseChainId(given)).toBe(chainId);
  });
});

describe('base58', () => {
  it('decodes base58 that it encoded, and accepts one text for each value', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 64 }), (bytes) => {
        const text = encodeBase58(bytes);
        expect(decodeBase58(text, bytes.length)).toEqual(Buffer.from(bytes));
        expect(decodeBase58(`1${text}`, bytes.length)).toBeUndefined();
        expect(decodeBase58(text, bytes.length + 1)).toBeUndefined();
      }),
    );
  });

  // Examples of draft-msporny-base58-03.
  it.each([
    ['Hello World!', '2NEpo7TZRRrLZSi2U'],
    [
      'The quick brown fox jumps over the lazy dog.',
      'USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z',
    ],
    ['\x00\x00\x28\x7f\xb4\xcd', '11233QC4'],
  ])('encodes %j as %s', (text, encoded) => {
    expect(encodeBase58(Buffer.from(text, 'latin1'))).toBe(encoded);
  });
});
