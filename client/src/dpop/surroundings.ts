/**
 * What is used of WebCrypto, of `fetch` and of IndexedDB, in browsers and in Node.js. Typed here by the little that is used, so
 * that neither the DOM's types nor Node's are needed to compile it.
 */
interface Surroundings {
  readonly crypto?: { readonly subtle?: Subtle; randomUUID(): string };
  readonly indexedDB?: DatabaseFactory;
  readonly location?: { readonly href: string };
  readonly WebSocket?: unknown;
  readonly fetch: BoundFetch;
  readonly Headers: new (init?: unknown) => HeadersLike;
  readonly URL: new (url: string, base?: string) => UrlLike;
  readonly TextEncoder: new () => { encode(text: string): Uint8Array };
  btoa(text: string): string;
}

export const surroundings = globalThis as unknown as Surroundings;

/** A key pair of WebCrypto: a `CryptoKeyPair`. */
export interface ProofKeyPair {
  readonly publicKey: object;
  readonly privateKey: object;
}

interface Subtle {
  generateKey(algorithm: object, extractable: boolean, usages: string[]): Promise<ProofKeyPair>;
  exportKey(format: 'jwk', key: object): Promise<Readonly<Record<string, unknown>>>;
  sign(algorithm: object | string, key: object, data: Uint8Array): Promise<ArrayBuffer>;
  digest(algorithm: string, data: Uint8Array): Promise<ArrayBuffer>;
}

interface UrlLike {
  readonly origin: string;
  readonly pathname: string;
  readonly protocol: string;
  readonly host: string;
}

interface HeadersLike {
  get(name: string): string | null;
  set(name: string, value: string): void;
  forEach(each: (value: string, name: string) => void): void;
}

/** The part of `fetch` that is used. A function that wraps `fetch` fits if it answers with its responses. */
export type BoundFetch = (url: string, init?: FetchInit) => Promise<FetchResponse>;

interface FetchInit {
  readonly method?: string;
  readonly headers?: unknown;
  readonly body?: unknown;
}

interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  clone(): { text(): Promise<string> };
  json(): Promise<unknown>;
}

export interface DatabaseFactory {
  open(
    name: string,
    version: number,
  ): DatabaseRequest<Database> & {
    onupgradeneeded: (() => void) | null;
  };
}

export interface DatabaseRequest<Value> {
  readonly result: Value;
  readonly error: unknown;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}

export interface Database {
  createObjectStore(name: string): unknown;
  transaction(
    name: string,
    mode: 'readonly' | 'readwrite',
  ): {
    objectStore(name: string): ObjectStore;
  };
}

export interface ObjectStore {
  get(id: string): DatabaseRequest<unknown>;
  put(value: unknown, id: string): DatabaseRequest<unknown>;
  delete(id: string): DatabaseRequest<unknown>;
  getAllKeys(): DatabaseRequest<readonly unknown[]>;
}
