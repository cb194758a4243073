import { WalletSessionsError } from '../../src/errors.js';
import { observeStore, type OpenStore } from '../../src/stores/open-store.js';

/** Store calls that a test makes fail. */
export interface FailingCalls {
  /** The error of each failing call. */
  readonly failure: WalletSessionsError;
  /** @param call for example `sessions.find` */
  fail(call: string): void;
  recover(): void;
  /** Resolves when all calls so far have settled. */
  settled(): Promise<unknown>;
  /** The same store with the failing calls. */
  within(store: OpenStore): OpenStore;
}

export function failingCalls(): FailingCalls {
  const failing = new Set<string>();
  const called = new Set<unknown>();
  const noted = <Result>(result: Result): Result => {
    called.add(result);
    return result;
  };
  const failure = new WalletSessionsError('SERVICE_UNAVAILABLE');
  return {
    failure,
    fail: (call) => void failing.add(call),
    recover() {
      failing.clear();
    },
    settled: () => Promise.allSettled(called),
    within(store) {
      const observed = observeStore(store, <Result>(call: string, run: () => Result) =>
        noted(failing.has(call) ? (Promise.reject(failure) as Result) : run()),
      );
      return {
        ...observed,
        expired: {
          async *collect(until) {
            if (failing.has('expired.collect')) throw failure;
            let done = () => {};
            void noted(new Promise<void>((resolve) => (done = resolve)));
            yield* store.expired.collect(until);
            done();
          },
        },
      };
    },
  };
}
