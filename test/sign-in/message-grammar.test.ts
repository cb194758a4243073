import fc from 'fast-check';
import { getAddress } from 'ethers';
import { SiweMessage } from 'siwe';
import { parseEthereumMessage } from '../../src/sign-in/ethereum/message.js';
import { anyTexts, messages, mutatedMessages } from '../harness/eip-4361-grammar.js';
import { aMessage } from '../harness/sign-in-message.js';
import { aWallet } from '../harness/wallet.js';

/** The number of texts for each property. FUZZ_RUNS=1000000 runs for hours. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 1500);

describe('the grammar of sign-in messages compared with `siwe`', () => {
  /** The message that `siwe` reads, if it writes it back as the same text. */
  function readBySiwe(text: string) {
    try {
      const read = new SiweMessage(text);
      return read.prepareMessage() === text ? read : undefined;
    } catch {
      return undefined;
    }
  }

  function readByUs(text: string) {
    try {
      return parseEthereumMessage(text);
    } catch (error) {
      expect(error).toMatchObject({ code: 'MESSAGE_MALFORMED' });
      return undefined;
    }
  }

  /** The reasons for which we refuse messages that `siwe` accepts. */
  const STRICTER: Record<string, (message: SiweMessage) => boolean> = {
    'a chain id that a number cannot hold is another chain’s': ({ chainId }) =>
      !Number.isSafeInteger(chainId),
    'RFC 3339 allows the second 60, but no clock here has it': (message) =>
      [message.issuedAt, message.expirationTime, message.notBefore].some((time) =>
        time?.slice(17).startsWith('60'),
      ),
    'no port has more than five digits': ({ domain, uri, resources = [] }) =>
      [`//${domain}`, uri, ...resources].some((text) => /\/\/[^/?#]*:\d{6,}(?:[/?#]|$)/.test(text)),
    'RFC 3986 has no IPv4 address with leading zeros or missing octets in an IP literal': ({
      domain,
      uri,
      resources = [],
    }) =>
      [`//${domain}`, uri, ...resources].some((text) => {
        const dotted = /\/\/(?:[^/?#]*@)?\[[^\]]*?(\d*\.\d*\.\d*\.\d*)\]/.exec(text)?.[1];
        return dotted?.split('.').some((octet) => octet === '' || /^0\d/.test(octet));
      }),
  };

  /** The only thing that we accept and `siwe` does not: an address in lower case. With its checksum, both accept the text. */
  function agreeOnChecksum(text: string): void {
    const [, address = ''] = text.split('\n');
    const checksummed = getAddress(address);
    expect([address, checksummed]).toEqual([
      checksummed.toLowerCase(),
      expect.not.stringMatching(address),
    ]);
    agree(text.replace(`\n${address}\n`, `\n${checksummed}\n`));
    expect(readBySiwe(text.replace(`\n${address}\n`, `\n${checksummed}\n`))).toBeDefined();
  }

  function agree(text: string): void {
    const [theirs, ours] = [readBySiwe(text), readByUs(text)];
    if (theirs === undefined) {
      if (ours !== undefined) agreeOnChecksum(text);
      return;
    }
    if (ours === undefined) {
      const reasons = Object.entries(STRICTER).filter(([, applies]) => applies(theirs));
      expect(reasons).not.toEqual([]);
      return;
    }
    // Cut to milliseconds, because V8 misreads a fraction of ten digits: .0005000000 as .005.
    const time = (value?: string) =>
      value && Date.parse(value.toUpperCase().replace(/(\.\d{3})\d+/, '$1'));
    expect(ours).toEqual({
      text,
      scheme: theirs.scheme,
      domain: theirs.domain,
      account: `eip155:0:${theirs.address}`,
      uri: theirs.uri,
      chainId: `eip155:${theirs.chainId}`,
      nonce: theirs.nonce,
      issuedAt: time(theirs.issuedAt),
      expirationTime: time(theirs.expirationTime),
      notBefore: time(theirs.notBefore),
    });
  }

  it.each([
    ['messages by the grammar', messages],
    ['messages with a few changes', mutatedMessages],
    ['any text', anyTexts],
  ])(
    'accepts and refuses the same texts as `siwe`, except for known reasons: %s',
    (_what, texts) => {
      fc.assert(fc.property(texts, agree), { numRuns });
    },
  );

  it.each([
    ['Chain ID: 1', 'Chain ID: 9007199254740994'],
    [/Issued At: .*/, 'Issued At: 2016-12-31T23:59:60Z'],
    ['app.example.com wants', 'app.example.com:123456 wants'],
    [/URI: .*/, 'URI: https://[::1.2.3.04]/'],
    [/URI: .*/, 'URI: https://[::1.2..3]/'],
  ])('is stricter than `siwe` for a known reason when %s is %s', (part, changed) => {
    const text = aMessage(aWallet(), 'abcdefgh12345678', Date.now()).replace(part, changed);
    expect(readBySiwe(text)).toBeDefined();
    expect(readByUs(text)).toBeUndefined();
    agree(text);
  });

  it('accepts enough generated messages for the comparison with `siwe` to be meaningful', () => {
    const accepted = fc.sample(messages, 300).filter((text) => readByUs(text) !== undefined);
    expect(accepted.length).toBeGreaterThan(20);
  });

  it('accepts an address in lower case, which siwe refuses, and refuses one in upper case or with a wrong checksum', () => {
    const wallet = aWallet();
    const text = aMessage(wallet, 'abcdefgh12345678', Date.now());
    const write = (address: string) => text.replace(wallet.address, address);
    const lower = write(wallet.address.toLowerCase());
    expect(readBySiwe(lower)).toBeUndefined();
    expect(readByUs(lower)).toMatchObject({ text: lower, account: wallet.account });
    agree(lower);
    const digits = wallet.address.slice(2);
    const swapped = digits.replace(/[a-f]/i, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    );
    for (const wrong of [`0x${digits.toUpperCase()}`, `0x${swapped}`]) {
      expect(readByUs(write(wrong))).toBeUndefined();
    }
  });
});
