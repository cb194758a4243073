import { useEffect, useId, useState } from 'react';
import { readAccount } from './read-account.js';
import { hrefOf } from './use-view.js';
import { WalletDetails } from './wallet-details.js';

/** Finds the sessions and events of a wallet. */
export function WalletLookUp({ wallet }: { readonly wallet: string | undefined }) {
  const title = useId();
  return (
    <section aria-labelledby={title}>
      <div className="section-head">
        <h2 id={title}>Look up a wallet</h2>
      </div>
      <LookUpForm key={wallet} initial={wallet ?? ''} />
      {wallet !== undefined && <WalletDetails key={wallet} wallet={wallet} />}
    </section>
  );
}

function LookUpForm({ initial }: { readonly initial: string }) {
  const field = useId();
  const hint = useId();
  const [text, setText] = useState(initial);
  const [mistake, setMistake] = useState<string>();
  const [note, setNote] = useState<string>();

  useEffect(() => {
    const read = readAccount(initial);
    if ('account' in read && initial.startsWith('eip155:0:')) {
      setNote('A contract at this address is another wallet on each chain: eip155:CHAIN:ADDRESS.');
    }
  }, [initial]);

  function lookUp() {
    const read = readAccount(text);
    if ('mistake' in read) {
      setMistake(read.mistake);
      return;
    }
    setMistake(undefined);
    location.hash = hrefOf('wallet', read.account);
  }

  return (
    <form
      className="look-up"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        lookUp();
      }}
    >
      <label htmlFor={field}>Wallet</label>
      <div className="look-up-line">
        <input
          id={field}
          type="text"
          value={text}
          placeholder="0x… or eip155:1:0x…"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          aria-invalid={mistake !== undefined}
          aria-describedby={hint}
          onChange={({ target }) => {
            setText(target.value);
          }}
        />
        <button type="submit" className="button" data-look="primary">
          Look up
        </button>
      </div>
      <p id={hint} role={mistake === undefined ? undefined : 'alert'} className="hint">
        {mistake ?? note ?? 'An account id (CAIP-10), or the address of an account.'}
      </p>
    </form>
  );
}
