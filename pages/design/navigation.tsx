import { settings } from '../settings.js';

export type PageName = 'sessions' | 'graphiql' | 'admin';

interface Destination {
  readonly page: PageName;
  readonly name: string;
  /** Relative, because a proxy may serve the pages under a path prefix. */
  readonly href: string;
}

/** The pages that may be served, in the order of their links. */
const DESTINATIONS: readonly Destination[] = [
  { page: 'sessions', name: 'Sessions', href: './sessions' },
  { page: 'graphiql', name: 'GraphiQL', href: './graphql' },
  { page: 'admin', name: 'Admin', href: './admin' },
];

export interface NavigationProps {
  readonly current: PageName;
  /** Whether the wallet that is signed in is an administrator. Others get no link to the administration page. */
  readonly isAdministrator?: boolean;
}

/** Links to the pages that the service serves; nothing where there is no other page. */
export function Navigation({ current, isAdministrator = false }: NavigationProps) {
  const shown = DESTINATIONS.filter(
    ({ page }) => settings.pages.has(page) && (page !== 'admin' || isAdministrator),
  );
  if (shown.length < 2) return null;
  return (
    <nav aria-label="Pages" className="navigation">
      {shown.map(({ page, name, href }) => (
        <a key={page} href={href} aria-current={page === current ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}
