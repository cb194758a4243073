import { readFile } from 'node:fs/promises';
import solc from 'solc';

const source = 'test/contracts/wallets.sol';
const target = 'test/generated/contracts.ts';

/**
 * The code that deploys each contract of the tests, compiled by `solc` (the compiler itself, as
 * WebAssembly) as its version in package-lock.json makes it.
 */
export async function testContracts() {
  const output = JSON.parse(
    solc.compile(
      JSON.stringify({
        language: 'Solidity',
        sources: { [source]: { content: await readFile(source, 'utf8') } },
        settings: {
          evmVersion: 'shanghai',
          optimizer: { enabled: true },
          // Else a change of a comment changes the code.
          metadata: { bytecodeHash: 'none', appendCBOR: false },
          outputSelection: { '*': { '*': ['evm.bytecode.object'] } },
        },
      }),
    ),
  );
  const errors = (output.errors ?? []).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors[0].formattedMessage);
  const lines = [
    `// Made from ${source} by \`npm run generate\`: edit that.`,
    'export const contracts = {',
    ...Object.entries(output.contracts[source]).map(
      ([name, { evm }]) => `  ${name}: '0x${evm.bytecode.object}',`,
    ),
    '} as const;',
    '',
  ];
  return [{ path: target, content: lines.join('\n') }];
}
