import { useEffect } from 'react';
import { GraphiQL } from 'graphiql';
import { client } from '../client.js';
import { Header } from '../design/header.js';
import { Notices } from '../design/notices.js';
import { useFocusKept } from '../use-focus-kept.js';
import { SignIn } from '../wallet/sign-in.js';
import { Credentials } from './credentials.js';
import { EXAMPLES } from './examples.js';
import { fetcher } from './fetcher.js';
import { useEditorKeys, useSystemColors } from './use-editors.js';

/** A phone has no room for a third editor. */
const isNarrow = matchMedia('(width <= 700px)').matches;

/** The API's operations to try, with the session of the wallet that is signed in. */
export function GraphiQLPage() {
  const title = useFocusKept<HTMLHeadingElement>();
  // While there is a listener, the client hears of its end as it happens.
  useEffect(() => client.on('end', () => undefined), []);
  return (
    <>
      <Header current="graphiql" signedOut={<SignIn />} />
      <main>
        <h1 ref={title} tabIndex={-1} className="visually-hidden">
          GraphiQL
        </h1>
        <GraphiQL
          fetcher={fetcher}
          defaultTabs={EXAMPLES}
          defaultEditorToolsVisibility={isNarrow ? false : 'variables'}
        >
          <GraphiQL.Logo> </GraphiQL.Logo>
          <GraphiQL.Footer>
            <Credentials />
            <Editors />
          </GraphiQL.Footer>
        </GraphiQL>
      </main>
      <Notices />
    </>
  );
}

/** What GraphiQL's editors lack. Inside GraphiQL, whose state it uses. */
function Editors() {
  useSystemColors();
  useEditorKeys();
  return null;
}
