import { WalletSessionsError } from '../../errors.js';

/** Passes a reply on; says of any failure what matters to the caller: nothing was decided. */
export async function answered<Reply>(reply: Promise<Reply>): Promise<Reply> {
  try {
    return await reply;
  } catch (cause) {
    throw new WalletSessionsError('SERVICE_UNAVAILABLE', undefined, { cause });
  }
}
