import { LRUCache } from 'lru-cache';
import { createFailures } from '../background/failure-reporter.js';
import type { Clock } from '../clock.js';
import type { Session } from '../sessions/session.js';

/** Describes where an IP address is: `Berlin, Germany`. `undefined` if that is not known. */
export type DescribePlace = (ipAddress: string) => string | undefined | Promise<string | undefined>;

/** Resolves to the place from which a session was last used. Never rejects; see {@link createPlaces}. */
export type PlaceOf = (session: Pick<Session, 'ipAddress'>) => Promise<string | undefined>;

interface PlacesDomain {
  /** From the application. Without it, no place is known. */
  readonly describePlace: DescribePlace | undefined;
  readonly clock: Clock;
  readonly report: (error: unknown) => void;
}

/** How long a list of sessions waits for a place, in milliseconds. A later answer is there for the next list. */
export const PLACE_TIMEOUT = 1000;

/** The number of addresses whose answers are kept: one wallet can ask for its list again and again. */
const KEPT = 1000;
/** How long they are kept, in milliseconds. */
const KEPT_FOR = 10 * 60_000;
/** In characters. */
const MAX_LENGTH = 100;

/**
 * Asks the application where the addresses of sessions are. Places are additional: if the answer is late or the function
 * fails, the place is unknown, and the first of consecutive failures is reported.
 */
export function createPlaces({ describePlace, clock, report }: PlacesDomain): PlaceOf {
  if (describePlace === undefined) return () => Promise.resolve(undefined);
  const failures = createFailures(
    report,
    'describePlace has failed: sessions are shown without their places.',
  );
  const answers = new LRUCache<string, { readonly at: number; readonly place: Promise<Place> }>({
    max: KEPT,
  });

  function ask(describe: DescribePlace, ipAddress: string): Promise<Place> {
    const kept = answers.get(ipAddress);
    if (kept !== undefined && clock.now() - kept.at < KEPT_FOR) return kept.place;
    const place = described(describe, ipAddress).then(
      (text) => {
        failures.passed();
        return text;
      },
      (error: unknown) => {
        answers.delete(ipAddress);
        failures.failed(error);
        return undefined;
      },
    );
    answers.set(ipAddress, { at: clock.now(), place });
    return place;
  }

  return ({ ipAddress }) =>
    ipAddress === undefined
      ? Promise.resolve(undefined)
      : inTime(ask(describePlace, ipAddress), clock);
}

type Place = string | undefined;

/** An `async` function turns what the application throws into a rejection. */
async function described(describe: DescribePlace, ipAddress: string): Promise<Place> {
  const text: unknown = await describe(ipAddress);
  if (text === undefined || text === null || text === '') return undefined;
  if (typeof text === 'string') return text.slice(0, MAX_LENGTH);
  throw new TypeError('describePlace must return a text or undefined.');
}

function inTime(answer: Promise<Place>, clock: Clock): Promise<Place> {
  return new Promise((resolve) => {
    const cancel = clock.schedule(PLACE_TIMEOUT, () => {
      resolve(undefined);
    });
    void answer.then((place) => {
      cancel();
      resolve(place);
    });
  });
}
