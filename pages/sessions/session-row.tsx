import { useId, useState } from 'react';
import type { Session } from '../../client/src/index.js';
import { visibleText } from '../../src/visible-text.js';
import { describeDevice } from './describe-device.js';
import { describeWallet } from '../wallet/wallet-name.js';
import { Fact, Time } from './fact.js';

interface SessionRowProps {
  readonly session: Session;
  readonly isCurrent?: boolean;
  /** What its button does. */
  readonly onEnd?: () => Promise<void>;
}

/** One session: what, where, since when; and the button that logs it out. */
export function SessionRow({ session, isCurrent = false, onEnd }: SessionRowProps) {
  const [state, setState] = useState<'idle' | 'ending' | 'failed'>('idle');
  const facts = useId();
  const device = visibleText(session.device ?? describeDevice(session.userAgent));

  async function end() {
    setState('ending');
    await onEnd?.().then(
      () => {
        setState('idle');
      },
      () => {
        setState('failed');
      },
    );
  }

  const { kind } = describeWallet(session.wallet);
  return (
    <li className={isCurrent ? 'current' : undefined}>
      <div>
        <h3>
          <bdi>{device}</bdi> {isCurrent && <span className="badge">This session</span>}
        </h3>
        <dl id={facts}>
          <Fact name="Wallet">
            <bdi>{visibleText(session.walletType ?? 'Unknown')}</bdi>
          </Fact>
          <Fact name="Account">{kind}</Fact>
          <Fact name="IP address">
            <bdi>{visibleText(session.ipAddress ?? 'Unknown')}</bdi>
          </Fact>
          <Fact name="Last seen">{isCurrent ? 'Now' : <Time at={session.lastSeenAt} />}</Fact>
          <Fact name="Signed in">
            <Time at={session.createdAt} />
          </Fact>
        </dl>
        {state === 'failed' && <p role="alert">It could not be logged out. Try again.</p>}
      </div>
      {!isCurrent && (
        <button
          type="button"
          aria-label={`Log out the session on ${device}`}
          aria-describedby={facts}
          disabled={state === 'ending'}
          onClick={() => void end()}
        >
          Log out
        </button>
      )}
    </li>
  );
}
