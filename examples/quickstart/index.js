// What a newcomer would do by hand, against a running service (npm start): a generated wallet signs in
// on two devices; one lists the sessions and listens while a third comes and goes; the other logs them all out.
//
//   node examples/quickstart/index.js [http://localhost:4000/graphql]
import { Wallet } from 'ethers';
import { GraphQLClient, gql } from 'graphql-request';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const url = process.argv[2] ?? 'http://localhost:4000/graphql';

/** Asks for a challenge, signs its message, and exchanges the signature for a session. */
async function signIn(wallet, device) {
  const client = new GraphQLClient(url);
  const { createSignInChallenge: challenge } = await client.request(
    gql`
      mutation Challenge($account: AccountId!) {
        createSignInChallenge(account: $account) {
          message
        }
      }
    `,
    { account: `eip155:1:${wallet.address}` },
  );
  const { signIn: grant } = await client.request(
    gql`
      mutation SignIn($message: String!, $signature: String!, $device: String!) {
        signIn(
          message: $message
          signature: $signature
          walletType: "Quickstart"
          device: $device
        ) {
          session {
            id
          }
          accessToken
          refreshFrom
        }
      }
    `,
    {
      message: challenge.message,
      signature: await wallet.signMessage(challenge.message),
      device,
    },
  );
  client.setHeader('authorization', `Bearer ${grant.accessToken}`);
  console.log(
    `${device}: signed in, session ${grant.session.id}, refresh from ${grant.refreshFrom}`,
  );
  return { client, grant };
}

const wallet = Wallet.createRandom();
console.log(`A new wallet: ${wallet.address}`);
const laptop = await signIn(wallet, 'Laptop');
const phone = await signIn(wallet, 'Phone');

const { sessions } = await laptop.client.request(gql`
  {
    sessions {
      edges {
        node {
          id
          device
          current
          createdAt
        }
      }
    }
  }
`);
console.log('Laptop: my sessions are');
console.table(sessions.edges.map(({ node }) => node));

const socket = createClient({
  url: url.replace(/^http/, 'ws'),
  webSocketImpl: WebSocket,
  retryAttempts: 0,
  connectionParams: { authorization: `Bearer ${laptop.grant.accessToken}` },
});
const closed = new Promise((resolve) => socket.on('closed', resolve));
// Starts at the oldest event, so that no event is missed while the socket opens.
const revocations = socket.iterate({
  query: 'subscription { sessionRevoked(after: "0-0") { sessionId reason } }',
});
/** Prints the next event. Returns whether it was the end of the laptop's own session. */
async function hear() {
  const { value } = await revocations.next();
  const { sessionId, reason } = value.data.sessionRevoked;
  const isMine = sessionId === laptop.grant.session.id;
  console.log(`Laptop: heard that ${isMine ? 'my' : 'another'} session ended: ${reason}`);
  return isMine;
}

const tablet = await signIn(wallet, 'Tablet');
await tablet.client.request('mutation { logout { sessionId } }');
await hear();

const { logoutAll } = await phone.client.request('mutation { logoutAll { count } }');
console.log(`Phone: logged out of all ${logoutAll.count} sessions`);
while (!(await hear()));

const { code, reason } = await closed;
console.log(`Laptop: the socket was closed: ${code} ${reason}`);

const { session } = await laptop.client.request('{ session { id } }');
console.log(`Laptop: my session is now ${session}`);
