import type { ReactNode } from 'react';
import { useSession } from '../../client/src/react.js';
import icon from '../icon.svg';
import { settings } from '../settings.js';
import { useIsAdministrator } from '../use-is-administrator.js';
import { AccountMenu } from './account-menu.js';
import { Navigation, type NavigationProps } from './navigation.js';
import './header.css';

interface HeaderProps extends Pick<NavigationProps, 'current'> {
  /** What is shown in place of the account menu while nobody is signed in. */
  readonly signedOut?: ReactNode;
}

/** The head of every page: the application, the pages, and the wallet that is signed in. */
export function Header({ current, signedOut }: HeaderProps) {
  const { status, session } = useSession();
  const isAdministrator = useIsAdministrator() === true;
  const { name, url = './', logoUrl = icon } = settings.application;
  return (
    <header className="header">
      <div className="header-content">
        <a className="brand" href={url}>
          <img src={logoUrl} alt="" width={28} height={28} />
          <span>{name}</span>
        </a>
        <Navigation current={current} isAdministrator={isAdministrator} />
        <div className="header-account">
          {session && <AccountMenu session={session} />}
          {status === 'signed-out' && signedOut}
        </div>
      </div>
    </header>
  );
}
