/** The packages of the peers in each part, and of this project what does most of the work beside its own code. */
const PEERS = {
  'session-check': [
    'express',
    'express-session',
    'connect-redis',
    'redis',
    'better-auth',
    '@better-auth/redis-storage',
    'ioredis',
  ],
  graphql: [
    '@apollo/server',
    '@as-integrations/express5',
    'express',
    'mercurius',
    'fastify',
    'graphql-yoga',
    'graphql',
  ],
  variety: ['express', 'express-session', 'connect-redis', 'redis'],
  profile: ['express', 'mercurius', 'fastify'],
  'sign-in': [
    'siwe',
    'ethers',
    'viem',
    'express',
    'express-session',
    'connect-redis',
    'redis',
    'better-auth',
    '@better-auth/redis-storage',
    'ioredis',
  ],
  lifecycle: [
    'better-auth',
    '@better-auth/redis-storage',
    'ioredis',
    'express',
    'express-session',
    'connect-redis',
    'redis',
  ],
  verification: ['siwe', 'viem', 'ethers', 'secp256k1'],
  limits: ['secp256k1', 'ethers', 'viem', 'siwe'],
};

const OWN = ['ioredis', 'graphql', 'secp256k1'];

/** What was compared in a part, in words with versions; `undefined` where nothing of others was. */
export function comparedPackages(part, versions) {
  const names = PEERS[part];
  if (names === undefined) return undefined;
  // Results of before November 29, 2026 have the peers among the programs, and nothing of the service.
  const peers = `peers: ${listOf(names, versions.peers ?? versions)}`;
  return versions.service === undefined
    ? peers
    : `${peers}; this project with ${listOf(OWN, versions.service)}`;
}

function listOf(names, versions) {
  return names.map((name) => `${name} ${versions[name]}`).join(', ');
}
