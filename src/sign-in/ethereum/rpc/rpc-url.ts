/** What {@link isRpcUrl} takes, in words. */
export const RPC_URL = 'http:// or https:// URL without a user name';

/** Whether a node can be asked there. `fetch` takes no user name in a URL. */
export function isRpcUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}
