import { randomBytes } from 'node:crypto';

/** As they are sent today; what a session costs to keep depends on them. */
const USER_AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
];
const DEVICES = ['Work laptop', 'My phone', 'Living-room tablet', 'Ada’s MacBook Pro'];
const WALLET_TYPES = ['MetaMask', 'WalletConnect', 'Coinbase Wallet', 'Rabby Wallet'];

/** So many creations are under way at once: enough to keep Redis busy. */
const AT_ONCE = 500;

/**
 * Starts `count` sessions with the metadata of real clients, `perWallet` for each wallet, without the
 * sign-ins that would lead to them; keeps the grants of the last `kept`.
 */
export async function populate(sessions, { count, perWallet = 1, kept = 1000 }) {
  const grants = [];
  let wallet;
  for (let started = 0; started < count; started += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - started) }, (_none, offset) => {
      const index = started + offset;
      if (index % perWallet === 0) wallet = someAddress();
      return sessions.create(
        {
          wallet,
          chainId: 'eip155:1',
          walletType: pick(WALLET_TYPES, index),
          device: pick(DEVICES, index),
        },
        { userAgent: pick(USER_AGENTS, index), ipAddress: someIPv6() },
      );
    });
    grants.push(...(await Promise.all(batch)));
    grants.splice(0, Math.max(0, grants.length - kept));
  }
  return grants;
}

const pick = (values, index) => values[index % values.length];

const someAddress = () => `0x${randomBytes(20).toString('hex')}`;

/** Of one provider’s block, as a home has it. */
const someIPv6 = () => `2001:db8:${randomBytes(12).toString('hex').match(/.{4}/g).join(':')}`;
