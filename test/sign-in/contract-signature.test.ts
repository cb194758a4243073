import { erc6492SignatureValidatorByteCode } from 'viem';
import { createEthCall } from '../../src/sign-in/ethereum/rpc/eth-call.js';
import type { Address } from '../../src/accounts/eip155.js';
import { ERC_6492_VALIDATOR } from '../../src/sign-in/ethereum/contracts/erc-6492-validator.js';
import {
  createContractVerifier,
  MAX_CONTRACT_SIGNATURE_LENGTH,
} from '../../src/sign-in/ethereum/contracts/verifier.js';
import { parseEthereumMessage } from '../../src/sign-in/ethereum/message.js';
import type { SignInMessage } from '../../src/sign-in/kind.js';
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

describe('verification of contract signatures on a real EVM', () => {
  let chain: TestChain;
  let verify: (message: SignInMessage, signature: string) => Promise<boolean>;

  beforeAll(async () => {
    chain = await startChain();
    const verifier = createContractVerifier(
      createEthCall({ chainId: 'eip155:1', url: chain.url, timeout: 30_000 }),
    );
    verify = (message, signature) => verifier(message, signature, { ipAddress: '192.0.2.1' });
  });
  afterAll(() => chain.close());

  const messageOf = (wallet: Pick<TestWallet, 'address'>) =>
    parseEthereumMessage(aMessage(wallet, 'abcdefgh12345678', Date.now()));

  async function verifySigned(wallet: TestWallet, signer: Pick<TestWallet, 'sign'> = wallet) {
    const message = messageOf(wallet);
    return verify(message, await signer.sign(message.text));
  }

  describe('deployed contract wallets (EIP-1271)', () => {
    it('accepts the signature of the owner of a deployed contract wallet', async () => {
      expect(await verifySigned(await aDeployedWallet(chain))).toBe(true);
    });

    it('refuses the signature of a stranger for a contract wallet, and that of the owner for another message', async () => {
      const wallet = await aDeployedWallet(chain);
      expect(await verifySigned(wallet, aWallet())).toBe(false);
      const message = messageOf(wallet);
      expect(await verify(message, await wallet.sign(`${message.text} `))).toBe(false);
    });

    it('refuses the signature of the former owner of a contract wallet', async () => {
      const wallet = await aDeployedWallet(chain);
      const next = aWallet();
      const change = walletInterface.encodeFunctionData('changeOwner', [next.address]);
      await chain.send(wallet.owner.address, wallet.address, change);
      expect(await verifySigned(wallet)).toBe(false);
      expect(await verifySigned(wallet, next)).toBe(true);
    });

    it('refuses a signature that makes the contract wallet revert', async () => {
      const wallet = await aDeployedWallet(chain);
      expect(await verify(messageOf(wallet), `0x${'ab'.repeat(64)}`)).toBe(false);
    });

    it.each([
      ['returns another value for "valid"', contracts.YesWallet],
      ['returns more than the value for "valid"', contracts.ChattyWallet],
    ])('refuses any signature of a contract that %s', async (_what, code) => {
      expect(await verifySigned(await aDeployedWallet(chain, code))).toBe(false);
    });

    it('refuses an account without code, even with its own signature', async () => {
      expect(await verifySigned(aWallet())).toBe(false);
    });

    it('refuses the identity precompile, whose echo begins with the bytes for "valid"', async () => {
      const echo = { address: `0x${'0'.repeat(39)}4` as Address };
      expect(await verify(messageOf(echo), `0x${'00'.repeat(65)}`)).toBe(false);
      expect(chain.requests.at(-1)).toMatchObject({ params: [{ to: echo.address }, 'latest'] });
    });

    it.each([
      ['uses up its gas', contracts.EndlessWallet],
      // Creation code that leaves one byte as the code of the contract.
      ['executes INVALID', creationOf('fe')],
      ['jumps to something other than a JUMPDEST', creationOf('600056')],
      ['pops from an empty stack', creationOf('50')],
      ['executes an unknown opcode', creationOf('0c')],
    ])(
      'refuses any signature of a contract whose execution fails because it %s',
      async (_what, code) => {
        expect(await verifySigned(await aDeployedWallet(chain, code))).toBe(false);
      },
    );
  });

  describe('contract wallets that are not deployed yet (EIP-6492)', () => {
    it('runs the validator code that `viem` publishes', () => {
      expect(ERC_6492_VALIDATOR).toBe(erc6492SignatureValidatorByteCode);
    });

    it('accepts the signature of the owner of a wallet that is not deployed yet, and deploys nothing', async () => {
      const wallet = await aCounterfactualWallet(chain);
      expect(await verifySigned(wallet)).toBe(true);
      expect(await verifySigned(wallet, wallet.owner)).toBe(false);
    });

    it('accepts the EIP-6492 signature of a wallet after its deployment', async () => {
      const wallet = await aCounterfactualWallet(chain);
      await wallet.deploy();
      expect(await verifySigned(wallet)).toBe(true);
      expect(await verifySigned(wallet, wallet.owner)).toBe(true);
    });

    it('refuses the EIP-6492 signature of the former owner of a deployed wallet', async () => {
      const wallet = await aCounterfactualWallet(chain);
      await wallet.deploy();
      const change = walletInterface.encodeFunctionData('changeOwner', [aWallet().address]);
      await chain.send(wallet.owner.address, wallet.address, change);
      expect(await verifySigned(wallet)).toBe(false);
    });

    it('refuses an EIP-6492 signature for a wallet that its deployment does not create', async () => {
      const [wallet, other] = [
        await aCounterfactualWallet(chain),
        await aCounterfactualWallet(chain),
      ];
      expect(await verifySigned(wallet, other)).toBe(false);
      expect(await verifySigned(aWallet(), other)).toBe(false);
    });

    it('refuses an EIP-6492 signature whose preparation deploys nothing, reverts or is missing', async () => {
      const wallet = await aCounterfactualWallet(chain);
      const message = messageOf(wallet);
      const signed = await wallet.owner.sign(message.text);
      for (const to of [aWallet().address, (await aDeployedWallet(chain)).address]) {
        expect(await verify(message, withPreparation(to, '0x12345678', signed))).toBe(false);
      }
      expect(await verify(message, `${signed}${'6492'.repeat(16)}`)).toBe(false);
      expect(await verify(message, `0x${'6492'.repeat(16)}`)).toBe(false);
    });

    it('refuses an EOA that presents its signature as one of EIP-6492', async () => {
      const account = aWallet();
      const message = messageOf(account);
      const signed = await account.sign(message.text);
      const { address: factory } = await aDeployedWallet(chain);
      expect(await verify(message, withPreparation(factory, '0x', signed))).toBe(false);
    });

    it('grants the preparation of an EIP-6492 signature no rights, not even those of a simulation', async () => {
      const wallet = await aDeployedWallet(chain, contracts.TrustfulWallet);
      const thief = aWallet();
      const message = messageOf(wallet);
      const theft = walletInterface.encodeFunctionData('changeOwnerInSimulation', [thief.address]);
      const signature = withPreparation(wallet.address, theft, await thief.sign(message.text));
      expect(await verify(message, signature)).toBe(false);
    });
  });

  describe('signatures that are refused without the chain', () => {
    const noOffsets = 'ff'.repeat(96);
    it.each([
      ['one of EIP-6492 without valid ABI encoding', `0x${noOffsets}${'6492'.repeat(16)}`],
      ['only the suffix of EIP-6492', `0x${'6492'.repeat(16)}`],
      ['no text of bytes', ''],
      ['not hexadecimal', '0xzz'],
      ['of an odd number of digits', '0x123'],
      ['without 0x', 'abcd'],
      ['longer than a signature may be', `0x${'00'.repeat(MAX_CONTRACT_SIGNATURE_LENGTH + 1)}`],
    ])(
      'refuses a contract signature without asking the chain when it is %s',
      async (_what, signature) => {
        const asked = chain.requests.length;
        expect(await verify(messageOf(aWallet()), signature)).toBe(false);
        expect(chain.requests).toHaveLength(asked);
      },
    );
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
