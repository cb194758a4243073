import {
  Kind,
  OperationTypeNode,
  parse,
  print,
  type DocumentNode,
  type OperationDefinitionNode,
} from 'graphql';
import { EXAMPLES } from '../../pages/graphiql/examples.js';
import { LogoutDocument } from '../generated/graphql.js';
import { apiClient, signIn, type TokenGrant } from '../harness/api.js';
import { readDocumentation } from '../harness/documentation.js';
import { DOCUMENTED_WALLET } from '../harness/documented-wallet.js';
import { eventually } from '../harness/eventually.js';
import { startTestService, type TestService } from '../harness/service.js';
import { openSocket } from '../harness/socket.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

/** The values of operation variables by name, for a wallet with a session. */
const VALUES = {
  wallet: ({ session }: TokenGrant) => session.wallet,
  sessionId: ({ session }: TokenGrant) => session.id,
  after: () => null,
  first: () => 20,
  account: ({ session }: TokenGrant) => session.wallet,
};

/** The operations of a document by name. */
const operationsIn = (document: string) =>
  parse(document)
    .definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation): [string, OperationDefinitionNode] => [
      operation.name?.value ?? '',
      operation,
    ]);

describe('example operations', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded', { ADMIN_WALLETS: DOCUMENTED_WALLET.account });
  });
  afterAll(() => service.stop());

  const inDocumentation = readDocumentation()
    .snippets.filter(({ language }) => language === 'graphql')
    .flatMap(({ text }) => operationsIn(text));

  it.each(inDocumentation)(
    'runs the operation from the documentation without errors: %s',
    async (_name, operation) => {
      const { accessToken } = await signIn(service.url, DOCUMENTED_WALLET);
      if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
        await receiveEvent(operation, accessToken, aWallet());
      } else await execute(operation, accessToken, await signIn(service.url));
    },
  );

  it.each(EXAMPLES.flatMap(({ query }) => operationsIn(query)))(
    'runs the operation from GraphiQL without errors: %s',
    async (_name, operation) => {
      const wallet = aWallet();
      const [laptop, phone] = [
        await signIn(service.url, wallet),
        await signIn(service.url, wallet),
      ];
      if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
        await receiveEvent(operation, laptop.accessToken, wallet);
      } else await execute(operation, laptop.accessToken, phone);
    },
  );

  async function execute(operation: OperationDefinitionNode, token: string, subject: TokenGrant) {
    const client = apiClient(service.url, token);
    const result = await client.request<object>(print(operation), valuesFor(operation, subject));
    for (const field of Object.values(result)) expect(field).toBeTruthy();
  }

  /** Subscribes, and ends sessions of the wallet until an event arrives. */
  async function receiveEvent(
    operation: OperationDefinitionNode,
    token: string,
    wallet: TestWallet,
  ) {
    const socket = openSocket(service.webSocketUrl, token);
    try {
      const results = socket.subscribe(documentOf(operation), {});
      let first: object | undefined;
      void results.next().then(({ value }) => (first = value as object));
      await eventually(async () => {
        const { accessToken } = await signIn(service.url, wallet);
        await apiClient(service.url, accessToken).request(LogoutDocument, {});
        expect(Object.values(first ?? {})).toEqual([expect.any(Object)]);
      });
    } finally {
      await socket.close();
    }
  }
});

const documentOf = (operation: OperationDefinitionNode): DocumentNode => ({
  kind: Kind.DOCUMENT,
  definitions: [operation],
});

function valuesFor({ variableDefinitions = [] }: OperationDefinitionNode, subject: TokenGrant) {
  return Object.fromEntries(
    variableDefinitions.map(({ variable }) => {
      const value = VALUES[variable.name.value as keyof typeof VALUES];
      return [variable.name.value, value(subject)];
    }),
  );
}
