import proxyAddress from 'proxy-addr';
import * as v from 'valibot';
import { list, text, type SettingType } from '../options.js';

/** Proxies, as proxy-addr names them. */
export const proxies = listOfProxies();

function listOfProxies(): SettingType<readonly string[]> {
  const names = 'addresses, subnets, loopback, linklocal or uniquelocal';
  const { form, schema } = list(text, names);
  return { form, schema: v.pipe(schema, v.check(isProxyList, `must be ${names}`)) };
}

function isProxyList(items: readonly string[]): boolean {
  try {
    proxyAddress.compile([...items]);
    return true;
  } catch {
    return false;
  }
}

/** Returns a test whether an address belongs to one of these {@link proxies}. */
export function createProxyTest(proxies: readonly string[]): (address: string) => boolean {
  if (proxies.length === 0) return () => false;
  const trusts = proxyAddress.compile([...proxies]);
  return (address) => trusts(address, 0);
}
