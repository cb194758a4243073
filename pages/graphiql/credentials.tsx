import { useState } from 'react';
import { useSession } from '../../client/src/react.js';
import { client, isKeyBound } from '../client.js';
import { Button } from '../design/button.js';
import { describeEnd } from '../describe-end.js';
import { settings } from '../settings.js';
import { describeWallet, shortAddress } from '../wallet/wallet-name.js';

/** What the operations are sent with. */
export function Credentials() {
  const { session, end } = useSession();
  return (
    <div className="credentials">
      <span role="status">
        {session
          ? `Operations are sent with the session of ${shortAddress(describeWallet(session.wallet).address)}${isKeyBound ? ', which works only in this browser' : ''}.`
          : `${end ? `${describeEnd(end.reason)} ` : ''}Operations are sent without a session until you sign in.`}
      </span>
      {session && !settings.usesCookies && !isKeyBound && <CopyHeader />}
    </div>
  );
}

/** For use elsewhere, such as in curl. With cookies there is no token to copy, and with a key it is of no use there. */
function CopyHeader() {
  const [isCopied, setIsCopied] = useState(false);
  async function copy() {
    const token = await client.accessToken();
    if (token === undefined) return;
    await navigator.clipboard.writeText(`authorization: Bearer ${token}`);
    setIsCopied(true);
  }
  return (
    <Button look="quiet" onClick={() => void copy()}>
      {isCopied ? 'Header copied' : 'Copy header'}
    </Button>
  );
}
