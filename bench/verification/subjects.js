import { getBytes, hashMessage, verifyMessage } from 'ethers';
import secp256k1 from 'secp256k1';
import { SiweMessage } from 'siwe';
import { recoverMessageAddress } from 'viem';
import { parseSiweMessage, validateSiweMessage } from 'viem/siwe';
import { parseEthereumMessage } from '../../dist/sign-in/ethereum/message.js';
import { KECCAK_256 } from '../../dist/sign-in/ethereum/primitives.js';
import { choosePrimitives } from '../../dist/sign-in/ethereum/primitives.js';
import { PUBLIC_KEY_RECOVERY } from '../../dist/sign-in/ethereum/primitives.js';
import { createAccountVerifier } from '../../dist/sign-in/ethereum/signature.js';

export const LIMIT = 'native recovery alone';

/** Ways to read and verify one signed message; each resolves with whether it is right. */
export async function verifiers({ text, signature, address }) {
  const digest = getBytes(hashMessage(text));
  const compact = getBytes(signature).subarray(0, 64);
  const recoveryId = getBytes(signature)[64] - 27;
  return {
    siwe: async () => (await new SiweMessage(text).verify({ signature })).success,
    'viem: parse, validate, recover': async () => {
      const message = parseSiweMessage(text);
      if (!validateSiweMessage({ message, address })) return false;
      return (await recoverMessageAddress({ message: text, signature })) === message.address;
    },
    'ethers: recover alone': async () => verifyMessage(text, signature) === address,
    ...Object.fromEntries(
      Object.entries(await implementations()).map(([name, verify]) => [
        name,
        () => verify({ text, signature }),
      ]),
    ),
    [LIMIT]: async () => secp256k1.ecdsaRecover(compact, recoveryId, digest, false).length === 65,
  };
}

/** This project with each implementation that works on this machine: it resolves with whether the message is right. */
export async function implementations() {
  const found = {};
  for (const recovery of PUBLIC_KEY_RECOVERY) {
    const keccaks = recovery.name === 'JavaScript' ? KECCAK_256.slice(-1) : KECCAK_256;
    const primitives = await choosePrimitives([recovery], keccaks).catch(() => undefined);
    if (primitives === undefined) continue;
    const verify = createAccountVerifier(Promise.resolve(primitives));
    found[`this service, ${recovery.name}`] = ({ text, signature }) =>
      verify(parseEthereumMessage(text), signature);
  }
  return found;
}

/** Ways to read a message without verifying it. */
export function parsers({ text, address }) {
  return {
    siwe: async () => new SiweMessage(text).address === address,
    'viem, which checks little': async () => parseSiweMessage(text).address === address,
    'this service': async () => parseEthereumMessage(text).account === `eip155:0:${address}`,
  };
}
