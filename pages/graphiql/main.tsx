import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { WalletSessionsProvider } from '../../client/src/react.js';
import { client } from '../client.js';
import '../design/base.css';
import { GraphiQLPage } from './graphiql-page.js';
import './graphiql.css';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for GraphiQL.');

createRoot(root).render(
  <StrictMode>
    <WalletSessionsProvider client={client}>
      <GraphiQLPage />
    </WalletSessionsProvider>
  </StrictMode>,
);
