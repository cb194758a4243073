/** What opens in the tabs at first. */
export const EXAMPLES = [
  {
    query: `# Your session,
# once signed in.
query CurrentSession {
  session {
    id
    wallet
    walletType
    createdAt
    refreshFrom
    expiresAt
  }
}
`,
  },
  {
    query: `# The wallet's active sessions,
# newest first.
query Sessions($first: Int! = 20, $after: String) {
  sessions(first: $first, after: $after) {
    totalCount
    edges {
      node {
        id
        current
        device
        walletType
        userAgent
        ipAddress
        createdAt
        lastSeenAt
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
  },
  {
    query: `# Run this, then log out a session on
# another device: the event appears here.
subscription SessionRevoked {
  sessionRevoked {
    sessionId
    reason
    revokedAt
    cursor
  }
}
`,
  },
  {
    query: `# Logs out every other session
# of the wallet.
mutation LogoutOthers {
  logoutAll(keepCurrent: true) {
    count
    sessionIds
  }
}
`,
  },
  {
    query: `# The first step of a sign-in by hand.
# Sign the message with the wallet
# (personal_sign), and pass message
# and signature to signIn.
mutation Challenge($account: AccountId) {
  createSignInChallenge(account: $account) {
    nonce
    expiresAt
    message
  }
}
`,
    variables: `{
  "account": "eip155:1:0x9858EfFD232B4033E47d90003D41EC34EcaEda94"
}
`,
  },
];
