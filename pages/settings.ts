/** What the service tells its pages, on the `html` element. */
const { dataset } = document.documentElement;

export const settings = {
  /** Whether a wallet that is thrown away may be offered. */
  isDevelopment: dataset['development'] !== undefined,
  /** The CAIP-2 ids of the chains on which wallets may sign in. */
  chainIds: (dataset['chains'] ?? 'eip155:1').split(' '),
  /** Whether the service keeps the tokens of browsers in cookies. */
  usesCookies: dataset['cookies'] !== undefined,
  /** Whether sign-ins bind their sessions to keys: `off`, `optional` or `required`. */
  keyBinding: dataset['keyBinding'],
  /** The URLs at which the service accepts proofs of keys, each with a slash at the end. */
  publicUrls: new Set(dataset['publicUrls']?.split(' ')),
  /** The names of the pages that the service serves. */
  pages: new Set(dataset['pages']?.split(' ')),
  /** The application that the pages belong to. */
  application: {
    name: dataset['applicationName'] ?? 'Wallet Sessions',
    url: dataset['applicationUrl'],
    logoUrl: dataset['applicationLogo'],
  },
} as const;
