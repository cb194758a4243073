/** What somebody typed in place of an account id. */
export type ReadAccount =
  { readonly account: string; readonly note?: string } | { readonly mistake: string };

const CAIP_10 = /^[-a-z\d]{3,8}:[-\w]{1,32}:[-.%\w]{1,128}$/i;
const ETHEREUM = /^0x[\da-f]{40}$/i;
const SOLANA = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

/** Reads a CAIP-10 account id, or an address alone. The service checks the rest. */
export function readAccount(text: string): ReadAccount {
  const given = text.trim();
  if (given === '') return { mistake: 'Enter the account id or the address of a wallet.' };
  if (CAIP_10.test(given)) return { account: given };
  if (ETHEREUM.test(given)) {
    return {
      account: `eip155:0:${given}`,
      note: 'The Ethereum account with this address. A contract is another wallet on each chain: for one, enter eip155:CHAIN:ADDRESS.',
    };
  }
  if (/^0x/i.test(given)) {
    return { mistake: 'This address is not complete: 0x is followed by 40 hexadecimal digits.' };
  }
  if (SOLANA.test(given)) return { account: `solana:mainnet:${given}` };
  if (/\.eth$/i.test(given)) {
    return { mistake: 'Names are not looked up. Enter the address that the name stands for.' };
  }
  return {
    mistake:
      'This is not an account id. Enter one such as eip155:0:0x…, or an address such as 0x….',
  };
}
