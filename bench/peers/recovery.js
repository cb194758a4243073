// How often a second each library recovers the address that signed a message, or only the public key.
// Prints, for each, the rates of as many rounds as it is told.
import { getBytes, hashMessage, verifyMessage, Wallet } from 'ethers';
import secp256k1 from 'secp256k1';
import { SiweMessage } from 'siwe';
import { recoverMessageAddress } from 'viem';
import { parseSiweMessage } from 'viem/siwe';
import { signInMessage } from '../service/message.js';

const MILLISECONDS = 300;
const rounds = Number(process.argv[2] ?? 5);

const wallet = new Wallet(`0x${'01'.repeat(32)}`);
const message = signInMessage(wallet, 'abcdefgh12345678');
const signature = await wallet.signMessage(message);
const compact = getBytes(signature).subarray(0, 64);
const recovery = getBytes(signature)[64] - 27;
const digest = getBytes(hashMessage(message));

const works = {
  'native secp256k1, public key recovered': () =>
    secp256k1.ecdsaRecover(compact, recovery, digest, false),
  'ethers verifyMessage': () => verifyMessage(message, signature),
  'viem recoverMessageAddress': () => recoverMessageAddress({ message, signature }),
  'siwe verify, parsing included': () => new SiweMessage(message).verify({ signature }),
  'siwe parse': () => new SiweMessage(message),
  'viem parse': () => parseSiweMessage(message),
};

const rates = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
for (let round = 0; round <= rounds; round += 1) {
  for (const [name, work] of Object.entries(works)) {
    const rate = await rateOf(work);
    // The first round only warms up.
    if (round > 0) rates[name].push(rate);
  }
}
console.log(JSON.stringify(rates));

/** By the processor's time of this process: other processes do not count. */
async function rateOf(work) {
  const started = process.cpuUsage();
  let spent = 0;
  let count = 0;
  while (spent < MILLISECONDS * 1000) {
    for (let index = 0; index < 20; index += 1) await work();
    count += 20;
    const { user, system } = process.cpuUsage(started);
    spent = user + system;
  }
  return (count / spent) * 1e6;
}
