import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError } from '../config/read.js';
import type { DescribePlace } from '../lifecycle/places.js';

/**
 * Loads the operator's function that describes where an IP address is.
 * @throws ConfigurationError if the module cannot be loaded or does not export a function as its default
 */
export async function loadPlaceModule(path: string): Promise<DescribePlace> {
  const exported = await load(path);
  if (typeof exported.default === 'function') return exported.default as DescribePlace;
  throw new ConfigurationError([
    `PLACE_MODULE ${path} must export a function as its default: (ipAddress) => place.`,
  ]);
}

async function load(path: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(pathToFileURL(resolve(path)).href)) as { readonly default?: unknown };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([`PLACE_MODULE ${path} cannot be loaded: ${why}.`]);
  }
}
