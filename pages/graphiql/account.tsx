import { useEffect, useState } from 'react';
import { useSession } from '../../client/src/react.js';
import { client } from '../client.js';
import { useFocusKept } from '../use-focus-kept.js';
import { SignIn } from '../wallet/sign-in.js';
import { WalletName } from '../wallet/wallet-name.js';

/** Who the operations are sent as; and the way to sign in and out. */
export function Account() {
  const { status, session, end } = useSession();
  const place = useFocusKept<HTMLDivElement>();
  // While somebody listens, the client hears of its end as it happens.
  useEffect(() => client.on('end', () => undefined), []);
  return (
    <div ref={place} tabIndex={-1} role="group" aria-label="Account" className="account">
      {session ? (
        <>
          <span>
            Signed in as <WalletName of={session} />. Operations are sent with its session.
          </span>
          <CopyHeader />
          <button type="button" onClick={() => void client.logout()}>
            Log out
          </button>
        </>
      ) : (
        <>
          <span role="status">
            {end ? `The session ended: ${end.reason}.` : 'Operations are sent as nobody.'}
          </span>
          {status === 'signed-out' && <SignIn />}
        </>
      )}
    </div>
  );
}

/** For use elsewhere, in curl say. With cookies there is no token to copy. */
function CopyHeader() {
  const [isCopied, setIsCopied] = useState(false);
  async function copy() {
    const token = await client.accessToken();
    if (token === undefined) return;
    await navigator.clipboard.writeText(`authorization: Bearer ${token}`);
    setIsCopied(true);
  }
  return (
    <button type="button" onClick={() => void copy()}>
      {isCopied ? 'Copied' : 'Copy header'}
    </button>
  );
}
