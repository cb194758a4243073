import type { Wallet } from '../../client/src/index.js';
import type { WalletNamespace } from './namespaces.js';

/** A wallet that the dialog offers. */
export interface WalletOption {
  readonly id: string;
  readonly namespace: WalletNamespace;
  readonly name: string;
  /** A `data:` URL of an image. */
  readonly icon?: string | undefined;
  /** What else there is to know about it. */
  readonly note?: string | undefined;
  /** Makes it ready to sign. */
  readonly connect: () => Wallet | Promise<Wallet>;
}
