import { useState, type ReactNode } from 'react';
import type { Session, SessionEnd } from '../../client/src/index.js';
import { useSession } from '../../client/src/react.js';
import { client } from '../client.js';
import { describeEnd } from '../describe-end.js';
import { Button } from '../design/button.js';
import { Header } from '../design/header.js';
import { Icon } from '../design/icon.js';
import { Notices } from '../design/notices.js';
import { settings } from '../settings.js';
import { useFocusKept } from '../use-focus-kept.js';
import { useIsAdministrator } from '../use-is-administrator.js';
import { SignIn } from '../wallet/sign-in.js';
import { WalletDialog } from '../wallet/wallet-dialog.js';
import { describeWallet, shortAddress } from '../wallet/wallet-name.js';
import { AuditLog } from './audit-log.js';
import { Overview } from './overview.js';
import { AccessProvider, useAccess } from './use-access.js';
import { hrefOf, useView, VIEWS } from './use-view.js';
import { WalletLookUp } from './wallet-look-up.js';

/** Statistics, other people's sessions and the audit log, for administrators. */
export function AdminPage() {
  const { status, session, end } = useSession();
  const isAdministrator = useIsAdministrator();
  return (
    <>
      <Header current="admin" />
      {status === 'signed-out' && <SignedOut end={end} />}
      {session && isAdministrator === false && <NoAdministrator session={session} />}
      {session && isAdministrator === true && (
        <AccessProvider key={session.id}>
          <Administration />
        </AccessProvider>
      )}
      {(status === 'loading' || (session && isAdministrator === undefined)) && (
        <main className="page" aria-busy="true">
          <h1 className="visually-hidden">Administration</h1>
        </main>
      )}
      <Notices />
    </>
  );
}

function SignedOut({ end }: { readonly end: SessionEnd | undefined }) {
  return (
    <Gate title="Administration">
      {end && (
        <p role="status" className="callout">
          {describeEnd(end.reason)}
        </p>
      )}
      <p className="quiet">
        Sign in with the wallet of an administrator of {settings.application.name}.
      </p>
      <SignIn />
    </Gate>
  );
}

function NoAdministrator({ session }: { readonly session: Session }) {
  const { address } = describeWallet(session.wallet);
  return (
    <Gate title="Not an administrator">
      <p className="quiet">
        The wallet <code>{shortAddress(address)}</code> may not administer{' '}
        {settings.application.name}. Sign out, and sign in with another wallet; or ask the operator
        of this service to add yours.
      </p>
      <Button look="primary" onClick={() => void client.logout()}>
        <Icon name="signOut" size={18} />
        Sign out
      </Button>
    </Gate>
  );
}

/** All that the page shows before it shows anything else. */
function Gate({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const heading = useFocusKept<HTMLHeadingElement>();
  return (
    <main className="card gate">
      <span className="gate-icon">
        <Icon name="shield" size={32} />
      </span>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </main>
  );
}

function Administration() {
  const view = useView();
  const title = useFocusKept<HTMLHeadingElement>();
  return (
    <main className="page admin">
      <div className="admin-head">
        <h1 ref={title} tabIndex={-1}>
          Administration
        </h1>
        <nav aria-label="Administration" className="views">
          {VIEWS.map(({ name, title: text }) => (
            <a
              key={name}
              href={hrefOf(name)}
              aria-current={name === view.name ? 'page' : undefined}
            >
              {text}
            </a>
          ))}
        </nav>
      </div>
      <FreshSignature />
      {view.name === 'overview' && <Overview />}
      {view.name === 'wallet' && <WalletLookUp wallet={view.wallet} />}
      {view.name === 'audit' && <AuditLog />}
    </main>
  );
}

/** Asks for a fresh signature once the API does. */
function FreshSignature() {
  const { isStale, confirm } = useAccess();
  const [isOpen, setIsOpen] = useState(false);
  if (!isStale) return null;
  return (
    <div className="callout fresh-signature" role="status">
      <Icon name="shield" />
      <p>
        <strong>Confirm that it is you.</strong> Administration needs a signature of your wallet
        that is only a few minutes old. Until then, nothing new is shown.
      </p>
      <Button
        look="primary"
        onClick={() => {
          setIsOpen(true);
        }}
      >
        Sign again
      </Button>
      <WalletDialog
        isOpen={isOpen}
        onClose={() => {
          setIsOpen(false);
        }}
        title="Sign again"
        intro="Administration needs a fresh signature of the wallet that is signed in."
        act={(wallet, _name, signal) => confirm(wallet, signal)}
      />
    </div>
  );
}
