import proxyAddress from 'proxy-addr';

/** What {@link isProxyList} takes, in words. */
export const PROXY_LIST = 'must be addresses, subnets, loopback, linklocal or uniquelocal';

/** Whether all that is listed are addresses, subnets, or names of such. */
export function isProxyList(items: string[]): boolean {
  try {
    proxyAddress.compile(items);
    return true;
  } catch {
    return false;
  }
}

/** Tells the addresses of a list that {@link isProxyList} takes from others. */
export function createProxyTest(proxies: readonly string[]): (address: string) => boolean {
  if (proxies.length === 0) return () => false;
  const trusts = proxyAddress.compile([...proxies]);
  return (address) => trusts(address, 0);
}
