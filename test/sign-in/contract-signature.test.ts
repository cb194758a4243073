import { erc6492SignatureValidatorByteCode } from 'viem';
import { createEthCall } from '../../src/sign-in/ethereum/rpc/eth-call.js';
import type { Address } from '../../src/accounts/wallet.js';
import { ERC_6492_VALIDATOR } from '../../src/sign-in/ethereum/contracts/erc-6492-validator.js';
import {
  createContractVerifier,
  MAX_CONTRACT_SIGNATURE_LENGTH,
} from '../../src/sign-in/ethereum/contracts/verifier.js';
import { parseSignInMessage, type SignInMessage } from '../../src/sign-in/ethereum/message.js';
import { contracts } from '../generated/contracts.js';
import { startChain, type TestChain } from '../harness/chain.js';
import {
  aCounterfactualWallet,
  aDeployedWallet,
  walletInterface,
  withPreparation,
} from '../harness/contract-wallet.js';
import { aMessage } from '../harness/sign-in-message.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

describe('verifying the signature of a wallet that is a contract, on a real EVM', () => {
  let chain: TestChain;
  let verify: (message: SignInMessage, signature: string) => Promise<boolean>;

  beforeAll(async () => {
    chain = await startChain();
    const verifier = createContractVerifier(
      createEthCall({ chainId: 1, url: chain.url, timeout: 30_000 }),
    );
    verify = (message, signature) => verifier(message, signature, { ipAddress: '192.0.2.1' });
  });
  afterAll(() => chain.close());

  const messageOf = (wallet: Pick<TestWallet, 'address'>) =>
    parseSignInMessage(aMessage(wallet, 'abcdefgh12345678', Date.now()));

  async function verifySigned(wallet: TestWallet, signer: Pick<TestWallet, 'sign'> = wallet) {
    const message = messageOf(wallet);
    return verify(message, await signer.sign(message.text));
  }

  describe('that is deployed (EIP-1271)', () => {
    it('accepts what its owner signed', async () => {
      expect(await verifySigned(await aDeployedWallet(chain))).toBe(true);
    });

    it('refuses what another signed, and what the owner signed for another message', async () => {
      const wallet = await aDeployedWallet(chain);
      expect(await verifySigned(wallet, aWallet())).toBe(false);
      const message = messageOf(wallet);
      expect(await verify(message, await wallet.sign(`${message.text} `))).toBe(false);
    });

    it('refuses its former owner from the moment that it has another', async () => {
      const wallet = await aDeployedWallet(chain);
      const next = aWallet();
      const change = walletInterface.encodeFunctionData('changeOwner', [next.address]);
      await chain.send(wallet.owner.address, wallet.address, change);
      expect(await verifySigned(wallet)).toBe(false);
      expect(await verifySigned(wallet, next)).toBe(true);
    });

    it('refuses a signature at which the wallet reverts', async () => {
      const wallet = await aDeployedWallet(chain);
      expect(await verify(messageOf(wallet), `0x${'ab'.repeat(64)}`)).toBe(false);
    });

    it.each([
      ['says yes in another way', contracts.YesWallet],
      ['says more than yes', contracts.ChattyWallet],
    ])('refuses any signature of a contract that %s', async (_what, code) => {
      expect(await verifySigned(await aDeployedWallet(chain, code))).toBe(false);
    });

    it('refuses an account with a key of its own: what it signs is not for its chain to verify', async () => {
      expect(await verifySigned(aWallet())).toBe(false);
    });

    it('refuses the precompile that echoes its input, which begins with the bytes for "valid"', async () => {
      const echo = { address: `0x${'0'.repeat(39)}4` as Address };
      expect(await verify(messageOf(echo), `0x${'00'.repeat(65)}`)).toBe(false);
      expect(chain.requests.at(-1)).toMatchObject({ params: [{ to: echo.address }, 'latest'] });
    });

    it.each([
      ['uses up its gas', contracts.EndlessWallet],
      // Creation code that leaves one byte as the code of the contract.
      ['executes INVALID', creationOf('fe')],
      ['jumps to no JUMPDEST', creationOf('600056')],
      ['takes from an empty stack', creationOf('50')],
      ['executes an opcode that there is none of', creationOf('0c')],
    ])('refuses any signature of a contract that %s', async (_what, code) => {
      expect(await verifySigned(await aDeployedWallet(chain, code))).toBe(false);
    });
  });

  describe('that is not deployed yet (EIP-6492)', () => {
    it('runs the code that `viem` publishes', () => {
      expect(ERC_6492_VALIDATOR).toBe(erc6492SignatureValidatorByteCode);
    });

    it('accepts what its owner signed, and deploys nothing', async () => {
      const wallet = await aCounterfactualWallet(chain);
      expect(await verifySigned(wallet)).toBe(true);
      expect(await verifySigned(wallet, wallet.owner)).toBe(false);
    });

    it('accepts the same signature when it has been deployed', async () => {
      const wallet = await aCounterfactualWallet(chain);
      await wallet.deploy();
      expect(await verifySigned(wallet)).toBe(true);
      expect(await verifySigned(wallet, wallet.owner)).toBe(true);
    });

    it('asks the deployed wallet as it is now: a former owner is refused', async () => {
      const wallet = await aCounterfactualWallet(chain);
      await wallet.deploy();
      const change = walletInterface.encodeFunctionData('changeOwner', [aWallet().address]);
      await chain.send(wallet.owner.address, wallet.address, change);
      expect(await verifySigned(wallet)).toBe(false);
    });

    it('refuses another wallet that the same call would not deploy', async () => {
      const [wallet, other] = [
        await aCounterfactualWallet(chain),
        await aCounterfactualWallet(chain),
      ];
      expect(await verifySigned(wallet, other)).toBe(false);
      expect(await verifySigned(aWallet(), other)).toBe(false);
    });

    it('refuses a preparation that deploys nothing, reverts, or is none', async () => {
      const wallet = await aCounterfactualWallet(chain);
      const message = messageOf(wallet);
      const signed = await wallet.owner.sign(message.text);
      for (const to of [aWallet().address, (await aDeployedWallet(chain)).address]) {
        expect(await verify(message, withPreparation(to, '0x12345678', signed))).toBe(false);
      }
      expect(await verify(message, `${signed}${'6492'.repeat(16)}`)).toBe(false);
      expect(await verify(message, `0x${'6492'.repeat(16)}`)).toBe(false);
    });

    it('refuses an account with a key of its own that dresses up as one', async () => {
      const account = aWallet();
      const message = messageOf(account);
      const signed = await account.sign(message.text);
      const { address: factory } = await aDeployedWallet(chain);
      expect(await verify(message, withPreparation(factory, '0x', signed))).toBe(false);
    });

    it('gives a preparation no rights: not those of simulations either', async () => {
      const wallet = await aDeployedWallet(chain, contracts.TrustfulWallet);
      const thief = aWallet();
      const message = messageOf(wallet);
      const theft = walletInterface.encodeFunctionData('changeOwnerInSimulation', [thief.address]);
      const signature = withPreparation(wallet.address, theft, await thief.sign(message.text));
      expect(await verify(message, signature)).toBe(false);
    });
  });

  describe('does not ask the chain about', () => {
    const noOffsets = 'ff'.repeat(96);
    it.each([
      ['a preparation that is no ABI encoding', `0x${noOffsets}${'6492'.repeat(16)}`],
      ['nothing but the end of a preparation', `0x${'6492'.repeat(16)}`],
      ['nothing', '0x'],
      ['what is not hexadecimal', '0xzz'],
      ['half a byte', '0x123'],
      ['what has no 0x', 'abcd'],
      [
        'more bytes than a signature may have',
        `0x${'00'.repeat(MAX_CONTRACT_SIGNATURE_LENGTH + 1)}`,
      ],
    ])('%s', async (_what, signature) => {
      const asked = chain.requests.length;
      expect(await verify(messageOf(aWallet()), signature)).toBe(false);
      expect(chain.requests).toHaveLength(asked);
    });
  });
});

/** Creation code that deploys the given code, of at most 32 bytes. */
function creationOf(code: string): string {
  const size = (code.length / 2).toString(16).padStart(2, '0');
  // PUSH code, MSTORE at 0 (left-aligned by its length), RETURN.
  const push = `${(0x5f + code.length / 2).toString(16)}${code}`;
  const offset = (32 - code.length / 2).toString(16).padStart(2, '0');
  return `0x${push}60005260${size}60${offset}f3`;
}
