import proxyAddress from 'proxy-addr';

/** Describes the values that {@link isProxyList} accepts. */
export const PROXY_LIST = 'must be addresses, subnets, loopback, linklocal or uniquelocal';

/** Whether all entries are addresses, subnets, or names of subnets. */
export function isProxyList(items: string[]): boolean {
  try {
    proxyAddress.compile(items);
    return true;
  } catch {
    return false;
  }
}

/** Returns a function that tests whether an address is in the list. */
export function createProxyTest(proxies: readonly string[]): (address: string) => boolean {
  if (proxies.length === 0) return () => false;
  const trusts = proxyAddress.compile([...proxies]);
  return (address) => trusts(address, 0);
}
