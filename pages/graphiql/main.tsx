import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { GraphiQL } from 'graphiql';
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { WalletSessionsProvider } from '../../client/src/react.js';
import { client } from '../client.js';
import { Account } from './account.js';
import { EXAMPLES } from './examples.js';
import { fetcher } from './fetcher.js';
import './graphiql.css';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for GraphiQL.');

createRoot(root).render(
  <StrictMode>
    <WalletSessionsProvider client={client}>
      <GraphiQL fetcher={fetcher} defaultTabs={EXAMPLES} defaultEditorToolsVisibility="variables">
        <GraphiQL.Logo>Wallet Sessions</GraphiQL.Logo>
        <GraphiQL.Footer>
          <Account />
        </GraphiQL.Footer>
      </GraphiQL>
    </WalletSessionsProvider>
  </StrictMode>,
);
