import assert from 'node:assert/strict';
import type { SIWXConfig } from '@reown/appkit-controllers';

const modal = { disconnect: () => Promise.resolve() };

// <snippet>

const config: SIWXConfig = siwx;
assert.deepEqual(await config.getSessions('eip155:1', '0x'), []);
client.close();
