import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { WalletSessionsProvider } from '../../client/src/react.js';
import { client } from '../client.js';
import { AdminPage } from './admin-page.js';
import '../design/base.css';
import './admin.css';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for its content.');

createRoot(root).render(
  <StrictMode>
    <WalletSessionsProvider client={client}>
      <AdminPage />
    </WalletSessionsProvider>
  </StrictMode>,
);
