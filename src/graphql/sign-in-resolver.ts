import { GraphQLDateTime } from 'graphql-scalars';
import { Args, ArgsType, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import { completeSignIn } from '../http/acts.js';
import type { TokenCookies } from '../http/cookies/cookie-session.js';
import type { SessionGrant } from '../sessions/session.js';
import type { AccountId, ChainId } from '../accounts/account-id.js';
import { MAX_CONTRACT_SIGNATURE_LENGTH } from '../sign-in/ethereum/contracts/verifier.js';
import { MAX_LABEL_LENGTH } from '../sign-in/sign-in.js';
import { AccountIdScalar, ChainIdScalar } from './account-scalars.js';
import { currentSession, RequestScope } from './authorization.js';
import type { RequestContext } from './context.js';
import { SessionType } from './session-type.js';

@ObjectType('SignInChallenge', {
  description: 'A nonce to sign once, before it expires.',
})
class SignInChallengeType {
  @Field(() => String, {
    description: 'The value of the `Nonce` field of the message. It works for one sign-in.',
  })
  nonce!: string;

  @Field(() => String, {
    description:
      'The domain that begins the message: the host of `uri`, with its port if it has one.',
  })
  domain!: string;

  @Field(() => String, {
    description:
      'The value of the `URI` field: the origin of the page that asks if it is allowed, otherwise the first allowed one.',
  })
  uri!: string;

  @Field(() => String, { description: 'The statement of the message.' })
  statement!: string;

  @Field(() => ChainIdScalar, {
    description:
      'The chain of the message: `chainId` if it was given; otherwise the chain of `account`, or the first allowed chain ' +
      'of its namespace; without both arguments, the first allowed chain.',
  })
  chainId!: ChainId;

  @Field(() => GraphQLDateTime, { description: 'The value of the `Issued At` field.' })
  issuedAt!: Date;

  @Field(() => GraphQLDateTime, {
    description: 'When the nonce expires: the value of the `Expiration Time` field.',
  })
  expiresAt!: Date;

  @Field(() => String, {
    nullable: true,
    description:
      'The complete message, ready to sign, if an account was given: EIP-4361 for Ethereum, Sign In With Solana for Solana.',
  })
  message!: string | null;
}

@ObjectType('SessionGrant', {
  description: 'A session and its pair of tokens. Keep the tokens secret.',
})
export class SessionGrantType {
  @Field(() => SessionType, { description: 'The session.' })
  session!: SessionType;

  @Field(() => String, {
    nullable: true,
    description:
      'For the header `Authorization: Bearer …`, or `Authorization: DPoP …` if `session.keyBound`, and for ' +
      '`authorization` in the connection parameters of a WebSocket. ' +
      'Null if the tokens were set as cookies, which scripts cannot read.',
  })
  accessToken!: string | null;

  @Field(() => GraphQLDateTime, {
    description: 'When the access token expires, unless a refresh replaces it earlier.',
  })
  accessTokenExpiresAt!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'For one call of `refresh`. Null if the tokens were set as cookies.',
  })
  refreshToken!: string | null;

  @Field(() => GraphQLDateTime, { description: 'When the refresh token expires.' })
  refreshTokenExpiresAt!: Date;

  @Field(() => GraphQLDateTime, {
    description: 'When the refresh window opens: clients should refresh after this time.',
  })
  refreshFrom!: Date;

  @Field(() => GraphQLDateTime, {
    description:
      'When the tokens were granted, by the clock of the service. A client can compare it with its own clock to correct ' +
      'the other times.',
  })
  issuedAt!: Date;
}

@ArgsType()
class CreateSignInChallengeArgs {
  @Field(() => AccountIdScalar, {
    nullable: true,
    description:
      'The account that will sign. If given, the nonce works only for it and, unless it is `eip155:0:0x…`, only on its chain.',
  })
  account?: AccountId | null;

  @Field(() => ChainIdScalar, {
    nullable: true,
    description:
      'The chain to sign in on. If given, the nonce works only on it. Default: the chain of `account`, or the first ' +
      'allowed chain of its namespace.',
  })
  chainId?: ChainId | null;
}

@ArgsType()
class SignedMessageArgs {
  @Field(() => String, {
    description:
      'The message, exactly as signed: EIP-4361 for Ethereum, Sign In With Solana for Solana. An off-chain message that a ' +
      'Ledger signed for Solana: its bytes, as 0x and lower-case hexadecimal digits.',
  })
  message!: string;

  @Field(() => String, {
    description:
      'The signature of the message. Ethereum: `personal_sign` (EIP-191), as 0x and hexadecimal digits. The signature of a ' +
      `contract wallet (EIP-1271, EIP-6492) has at most ${MAX_CONTRACT_SIGNATURE_LENGTH} bytes. Solana: 64 bytes in base58, or ` +
      'as 0x and hexadecimal digits.',
  })
  signature!: string;
}

@ArgsType()
class SignInArgs extends SignedMessageArgs {
  @Field(() => String, {
    nullable: true,
    description: `The name of the connector: \`MetaMask\`, \`WalletConnect\`, … At most ${MAX_LABEL_LENGTH} characters. Control and invisible characters are removed.`,
  })
  walletType?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `The name of this device in lists of sessions. At most ${MAX_LABEL_LENGTH} characters. Control and invisible characters are removed.`,
  })
  device?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Whether to log out all other sessions of the wallet, with reason LOGOUT_ALL, in the same atomic step: ' +
      'for owners whose tokens may have been stolen. The session limit does not apply. For an EOA, the ' +
      'sessions of contracts at its address (see sessions) are logged out before the response.',
  })
  logoutOthers!: boolean;
}

@Resolver()
export class SignInResolver {
  @Mutation(() => SignInChallengeType, {
    description:
      'The first step of a sign-in: returns a nonce that works once. With an account, it also returns ' +
      'the complete message. A client may also write its own message with the nonce.',
  })
  async createSignInChallenge(
    @Args() { account, chainId }: CreateSignInChallengeArgs,
    @RequestScope() { signIn, source, origin }: RequestContext,
  ): Promise<SignInChallengeType> {
    const request = { account: account ?? undefined, chainId: chainId ?? undefined, origin };
    const challenge = await signIn.createChallenge(request, source);
    return {
      ...challenge,
      issuedAt: new Date(challenge.issuedAt),
      expiresAt: new Date(challenge.expiresAt),
      message: challenge.message ?? null,
    };
  }

  @Mutation(() => SessionGrantType, {
    description:
      'The second step of a sign-in: verifies the signed message and starts a session. With cookies, ' +
      'sign in over HTTP (over a WebSocket the error is HTTP_REQUIRED); the previous session of the browser is ' +
      'revoked. With a proof of a key in a `DPoP` header (RFC 9449), the session is bound to that key; tokens in cookies ' +
      'are not.',
  })
  async signIn(
    @Args() { message, signature, walletType, device, logoutOthers }: SignInArgs,
    @RequestScope() context: RequestContext,
  ): Promise<SessionGrantType> {
    const described = {
      walletType: walletType ?? undefined,
      device: device ?? undefined,
      logoutOthers,
    };
    const grant = await completeSignIn(context, { message, signature, ...described });
    return grantTypeOf(grant, context.cookies);
  }

  @Mutation(() => SessionType, {
    description:
      'Renews the authentication of the current session with a new signed challenge, for operations that ' +
      'fail with REAUTHENTICATION_REQUIRED. Tokens and expiry do not change. The WebSocket of this call counts as ' +
      'reauthenticated at once, other WebSockets of the session when they present the access token again.',
  })
  async reauthenticate(
    @Args() { message, signature }: SignedMessageArgs,
    @RequestScope() context: RequestContext,
  ): Promise<SessionType> {
    const { signIn, source } = context;
    const current = currentSession(context);
    const session = await signIn.reauthenticate({ message, signature }, current, source);
    context.connection?.reauthenticated(session);
    return new SessionType(session, session);
  }
}

/** Tokens that are in cookies are not in the response. */
export function grantTypeOf(
  grant: SessionGrant,
  cookies: TokenCookies | undefined,
): SessionGrantType {
  const inAnswer = cookies === undefined;
  const type = new SessionType(grant.session, grant.session);
  return {
    session: type,
    accessToken: inAnswer ? grant.accessToken : null,
    accessTokenExpiresAt: type.expiresAt,
    refreshToken: inAnswer ? grant.refreshToken : null,
    refreshTokenExpiresAt: type.expiresAt,
    refreshFrom: type.refreshFrom,
    issuedAt: new Date(grant.issuedAt),
  };
}
