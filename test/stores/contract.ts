import { createFakeClock } from '../harness/clock.js';
import { openTestStore, type TestStore } from '../harness/open-store.js';
import type { StoreName } from '../harness/stores.js';
import { describeAudit } from './contract/audit.js';
import { describeAuthority } from './contract/authority.js';
import { describeChallenges } from './contract/challenges.js';
import { describeEndingOthers } from './contract/ending-others.js';
import { describePages } from './contract/pages.js';
import { describeRaces } from './contract/races.js';
import { describeExpiredSessions } from './contract/expired-sessions.js';
import { describeRateLimits } from './contract/rate-limits.js';
import { describeRecordScanner } from './contract/record-scanner.js';
import { describeRevocationFeed } from './contract/revocation-feed.js';
import { describeRotation } from './contract/rotation.js';
import { describeSessions } from './contract/sessions.js';
import { describeStatistics } from './contract/statistics.js';
import type { StoreUnderTest } from './contract/store-under-test.js';

/**
 * The contract of every store: the promises of `SessionStore`, `ExpiredSessions`, `RecordScanner`, `RevocationFeed`,
 * `ChallengeStore`, `RateLimitStore`, `AuditStore` and `StatisticsStore`. A new store must pass this suite.
 */
export function describeStoreContract(name: StoreName): void {
  const clock = createFakeClock();
  let opened: TestStore;
  const underTest: StoreUnderTest = {
    clock,
    store: () => opened.store,
    elsewhere: () => opened.elsewhere,
  };

  describe(`the ${name} store`, () => {
    beforeAll(async () => {
      opened = await openTestStore(name, clock);
    });
    afterAll(() => opened.close());

    describeSessions(underTest);
    describeAuthority(underTest);
    describeEndingOthers(underTest);
    describePages(underTest);
    describeRotation(underTest);
    describeExpiredSessions(underTest);
    describeRaces(underTest);
    describeRecordScanner(underTest);
    describeRevocationFeed(underTest);
    describeChallenges(underTest);
    describeRateLimits(underTest);
    describeAudit(underTest);
    describeStatistics(underTest);
  });
}
