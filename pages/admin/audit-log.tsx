import { useCallback, useId, useMemo, useRef, useState } from 'react';
import { AllAuditEventsDocument } from '../generated/documents.js';
import { EventList } from './event-list.js';
import { KINDS, OUTCOMES, typesOf, type AuditFilter, type Kind, type Outcome } from './filter.js';
import { useLiveEvents, type LiveState } from './live-events.js';
import { readAccount } from './read-account.js';
import { useAccess } from './use-access.js';
import { useEventPages } from './use-event-pages.js';

const PAGE = 30;

/** The answer where no type of events is selected. */
const NO_EVENTS = { edges: [], pageInfo: { hasNextPage: false, endCursor: null } };

/** The events of all wallets, as they happen. */
export function AuditLog() {
  const { request } = useAccess();
  const [kind, setKind] = useState<Kind>('all');
  const [outcome, setOutcome] = useState<Outcome>('any');
  const [texts, setTexts] = useState({ wallet: '', ipAddress: '' });
  const [isLive, setIsLive] = useState(true);
  const title = useId();

  const filter = useMemo<AuditFilter>(() => {
    const read = readAccount(texts.wallet);
    return {
      types: typesOf(kind, outcome),
      ...('account' in read && { wallet: read.account }),
      ...(texts.ipAddress !== '' && { ipAddress: texts.ipAddress }),
    };
  }, [kind, outcome, texts]);
  const pages = useEventPages(
    useCallback(
      async (after, signal) => {
        if (filter.types?.length === 0) return NO_EVENTS;
        const variables = { ...filter, first: PAGE, after };
        return (await request(AllAuditEventsDocument, variables, { signal })).allAuditEvents;
      },
      [request, filter],
    ),
  );
  const reload = useRef(pages.reload);
  reload.current = pages.reload;
  const onReconnected = useCallback(() => {
    reload.current();
  }, []);
  const state = useLiveEvents(filter, isLive, pages.add, onReconnected);

  return (
    <section aria-labelledby={title} aria-busy={pages.isLoading}>
      <div className="section-head">
        <h2 id={title}>Audit log</h2>
        <div className="section-tools">
          <LiveStatus state={state} />
          <label className="switch">
            <input
              type="checkbox"
              role="switch"
              checked={isLive}
              onChange={({ target }) => {
                setIsLive(target.checked);
              }}
            />
            Show new events
          </label>
        </div>
      </div>
      <Filters
        kind={kind}
        outcome={outcome}
        onKind={setKind}
        onOutcome={setOutcome}
        onTexts={setTexts}
      />
      <EventList pages={pages} labelledBy={title} />
    </section>
  );
}

function LiveStatus({ state }: { readonly state: LiveState }) {
  return (
    <span role="status" className="live-status" data-state={state}>
      {state === 'live' && 'Live'}
      {state === 'connecting' && 'Connecting …'}
    </span>
  );
}

interface FiltersProps {
  readonly kind: Kind;
  readonly outcome: Outcome;
  readonly onKind: (kind: Kind) => void;
  readonly onOutcome: (outcome: Outcome) => void;
  readonly onTexts: (texts: { wallet: string; ipAddress: string }) => void;
}

function Filters({ kind, outcome, onKind, onOutcome, onTexts }: FiltersProps) {
  const [kindId, outcomeId, walletId, addressId, hint] = [
    useId(),
    useId(),
    useId(),
    useId(),
    useId(),
  ];
  const [wallet, setWallet] = useState('');
  const [ipAddress, setIpAddress] = useState('');
  const [mistake, setMistake] = useState<string>();

  function apply(next: { wallet: string; ipAddress: string }) {
    const texts = { wallet: next.wallet.trim(), ipAddress: next.ipAddress.trim() };
    const read = texts.wallet === '' ? undefined : readAccount(texts.wallet);
    if (read && 'mistake' in read) {
      setMistake(read.mistake);
      return;
    }
    setMistake(undefined);
    onTexts(texts);
  }

  return (
    <form
      className="filters"
      aria-label="Filters"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        apply({ wallet, ipAddress });
      }}
    >
      <div>
        <label htmlFor={kindId}>Events</label>
        <select
          id={kindId}
          value={kind}
          onChange={({ target }) => {
            onKind(target.value as Kind);
          }}
        >
          {KINDS.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </div>
      <div>
        <label htmlFor={outcomeId}>Outcome</label>
        <select
          id={outcomeId}
          value={outcome}
          onChange={({ target }) => {
            onOutcome(target.value as Outcome);
          }}
        >
          {OUTCOMES.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </div>
      <div className="filter-wallet">
        <label htmlFor={walletId}>Wallet</label>
        <input
          id={walletId}
          type="text"
          value={wallet}
          placeholder="0x…"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          aria-invalid={mistake !== undefined}
          aria-describedby={hint}
          onChange={({ target }) => {
            setWallet(target.value);
          }}
        />
      </div>
      <div>
        <label htmlFor={addressId}>IP address</label>
        <input
          id={addressId}
          type="text"
          value={ipAddress}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => {
            setIpAddress(target.value);
          }}
        />
      </div>
      <div className="filter-actions">
        <button type="submit" className="button" data-look="secondary">
          Filter
        </button>
        {(wallet !== '' || ipAddress !== '') && (
          <button
            type="button"
            className="button"
            data-look="quiet"
            onClick={() => {
              setWallet('');
              setIpAddress('');
              apply({ wallet: '', ipAddress: '' });
            }}
          >
            Clear
          </button>
        )}
      </div>
      <p id={hint} role={mistake === undefined ? undefined : 'alert'} className="hint">
        {mistake}
      </p>
    </form>
  );
}
