/** What the service tells its pages, on the `html` element. */
const { dataset } = document.documentElement;

export const settings = {
  /** Whether a wallet that is thrown away may be offered. */
  isDevelopment: dataset['development'] !== undefined,
  /** Whether the service keeps the tokens of browsers in cookies. */
  usesCookies: dataset['cookies'] !== undefined,
} as const;
