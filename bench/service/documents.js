import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasNoErrors, loadInOrder, postJson } from '../load/in-order.js';

const hashOf = (text) => createHash('sha256').update(text).digest('hex');

/** What a page asks for that shows a session: of a usual length, and answered without Redis. */
const PAGE = `fragment Client on Session {
  device
  userAgent
  ipAddress
  walletType
}

fragment Times on Session {
  createdAt
  lastSeenAt
  authenticatedAt
  refreshFrom
  expiresAt
  absoluteExpiresAt
}
`;
export const TRUSTED = `query CurrentSession {
  session {
    id
    wallet
    chainId
    current
    ...Client
    ...Times
  }
}

${PAGE}`;
/** Of another name, so that it is not among the trusted ones, and as long. */
export const REGISTERED = TRUSTED.replace('CurrentSession', 'SessionOfAPage');

/** Does something with the service's setting for a file of trusted documents. */
export async function withTrustedDocuments(act) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-documents-'));
  try {
    const file = join(folder, 'persisted-documents.json');
    await writeFile(file, JSON.stringify({ [`sha256:${hashOf(TRUSTED)}`]: TRUSTED }));
    return await act({ TRUSTED_DOCUMENTS: file });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The body that names the trusted document. */
export const byDocumentId = { documentId: `sha256:${hashOf(TRUSTED)}` };

/** The body that names the other one, by the hash of Apollo's automatic persisted queries. */
export const byHash = {
  extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(REGISTERED) } },
};

/** Tells a server the text of that hash. */
export async function register({ url }) {
  const asked = [postJson('/graphql', { query: REGISTERED, ...byHash })];
  await loadInOrder(url, asked, { accepts: hasNoErrors, connections: 1 });
}
