import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { WalletSessionsProvider } from '../../client/src/react.js';
import { client } from '../client.js';
import { SessionsPage } from './sessions-page.js';
import '../design/base.css';
import './sessions.css';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for its sessions.');

createRoot(root).render(
  <StrictMode>
    <WalletSessionsProvider client={client}>
      <SessionsPage />
    </WalletSessionsProvider>
  </StrictMode>,
);
