import { GraphQLDateTime, GraphQLSafeInt } from 'graphql-scalars';
import {
  Args,
  ArgsType,
  Authorized,
  Ctx,
  Field,
  Mutation,
  ObjectType,
  Resolver,
} from 'type-graphql';
import type { TokenCookies } from '../http/cookies/cookie-session.js';
import { WalletSessionsError } from '../errors.js';
import type { SessionGrant } from '../sessions/session.js';
import type { Address } from '../accounts/wallet.js';
import { MAX_CONTRACT_SIGNATURE_LENGTH } from '../sign-in/ethereum/contracts/verifier.js';
import { MAX_LABEL_LENGTH } from '../sign-in/label.js';
import { AddressScalar } from './address.js';
import { currentSession } from './authorization.js';
import type { RequestContext, WalletSessionsContext } from './context.js';
import { SessionType } from './session-type.js';

@ObjectType('SignInChallenge', {
  description: 'A nonce to sign, once, before it expires.',
})
export class SignInChallengeType {
  @Field(() => String, {
    description: 'For the `Nonce` field of the message. Works for one sign-in.',
  })
  nonce!: string;

  @Field(() => GraphQLDateTime, { description: 'Until when the nonce can be used.' })
  expiresAt!: Date;

  @Field(() => String, {
    nullable: true,
    description:
      'The complete EIP-4361 message, ready for `personal_sign`, where an address was given.',
  })
  message!: string | null;
}

@ObjectType('SessionGrant', {
  description: 'A session and the pair of tokens that stands for it. Keep the tokens secret.',
})
export class SessionGrantType {
  @Field(() => SessionType, { description: 'The session.' })
  session!: SessionType;

  @Field(() => String, {
    nullable: true,
    description:
      'For the header `Authorization: Bearer …`, and for `authorization` in the parameters of a WebSocket. ' +
      'Null where the tokens were given in cookies, which scripts cannot read.',
  })
  accessToken!: string | null;

  @Field(() => GraphQLDateTime, {
    description: 'Until when the access token works, unless a refresh replaces it before.',
  })
  accessTokenExpiresAt!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'For `refresh`, once. Null where the tokens were given in cookies.',
  })
  refreshToken!: string | null;

  @Field(() => GraphQLDateTime, { description: 'Until when the refresh token can be used.' })
  refreshTokenExpiresAt!: Date;

  @Field(() => GraphQLDateTime, { description: 'From when on the client should refresh.' })
  refreshFrom!: Date;

  @Field(() => GraphQLDateTime, {
    description:
      'When this was granted. Held against its own clock, it tells a client how far the two are apart, ' +
      'and so when the other times are by its own.',
  })
  issuedAt!: Date;
}

@ArgsType()
class CreateSignInChallengeArgs {
  @Field(() => AddressScalar, {
    nullable: true,
    description: 'The account that will sign. Where given, the nonce works for no other.',
  })
  address?: Address | null;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: 'The EIP-155 id of its chain. Where given, the nonce works on no other.',
  })
  chainId?: number | null;
}

@ArgsType()
class SignedMessageArgs {
  @Field(() => String, { description: 'The EIP-4361 message, exactly as signed.' })
  message!: string;

  @Field(() => String, {
    description:
      'The `personal_sign` (EIP-191) signature of the message: 0x and hexadecimal digits. Of a wallet that ' +
      `is a contract (EIP-1271, EIP-6492), at most ${MAX_CONTRACT_SIGNATURE_LENGTH} bytes.`,
  })
  signature!: string;
}

@ArgsType()
class SignInArgs extends SignedMessageArgs {
  @Field(() => String, {
    nullable: true,
    description: `The connector that signed: \`MetaMask\`, \`WalletConnect\`, … At most ${MAX_LABEL_LENGTH} characters. Control and invisible characters are removed.`,
  })
  walletType?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `What to call this device in lists of sessions. At most ${MAX_LABEL_LENGTH} characters. Control and invisible characters are removed.`,
  })
  device?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Whether to end all other sessions of the wallet, with reason LOGOUT_ALL, in the same atomic step. ' +
      'For an owner whose token may have been stolen. The limit of sessions then refuses nothing.',
  })
  endOthers!: boolean;
}

@Resolver()
export class SignInResolver {
  @Mutation(() => SignInChallengeType, {
    description:
      'The first step of a sign-in: a nonce that works once. Give the address, where it is known, to get ' +
      'the whole message; a client may also write its own EIP-4361 message around the nonce.',
  })
  async createSignInChallenge(
    @Args() { address, chainId }: CreateSignInChallengeArgs,
    @Ctx() { walletSessions: { signIn, source, origin } }: WalletSessionsContext,
  ): Promise<SignInChallengeType> {
    const request = { address: address ?? undefined, chainId: chainId ?? undefined, origin };
    const challenge = await signIn.createChallenge(request, source);
    return {
      nonce: challenge.nonce,
      expiresAt: new Date(challenge.expiresAt),
      message: challenge.message ?? null,
    };
  }

  @Mutation(() => SessionGrantType, {
    description:
      'The second step of a sign-in: verifies the signed EIP-4361 message and starts a session. A page whose ' +
      'tokens go in cookies signs in over HTTP (over a WebSocket it is answered HTTP_REQUIRED), and its session of ' +
      'before ends.',
  })
  async signIn(
    @Args() { message, signature, walletType, device, endOthers }: SignInArgs,
    @Ctx() { walletSessions: scope }: WalletSessionsContext,
  ): Promise<SessionGrantType> {
    const { signIn, source, cookies, request } = scope;
    cookies?.assertSettable();
    const described = {
      walletType: walletType ?? undefined,
      device: device ?? undefined,
      endOthers,
    };
    const grant = await signIn.signIn({ message, signature, ...described, request }, source);
    if (cookies !== undefined) await endReplaced(scope);
    return handOver(grant, cookies);
  }

  @Authorized()
  @Mutation(() => SessionType, {
    description:
      'Renews the authentication of the session that asks: its wallet signs a new challenge. Needed before what ' +
      'answers REAUTHENTICATION_REQUIRED. Tokens and expiry stay; no new session begins. Open WebSockets of the session ' +
      'count as re-authenticated once they present the access token again, except the one that this was called over.',
  })
  async reauthenticate(
    @Args() { message, signature }: SignedMessageArgs,
    @Ctx() { walletSessions: scope }: WalletSessionsContext,
  ): Promise<SessionType> {
    const { signIn, source } = scope;
    const current = currentSession(scope);
    const session = await signIn.reauthenticate({ message, signature }, current, source);
    scope.reauthenticated?.(session);
    return new SessionType(session, session);
  }
}

/** Ends the session whose cookies are about to be replaced: nobody will hold its tokens. (OWASP ASVS 5.0, 7.2.4) */
async function endReplaced(scope: RequestContext): Promise<void> {
  const { sessions, session, source, report } = scope;
  if (session === undefined) return;
  try {
    await sessions.revoke(session, session.id, 'LOGOUT', source);
  } catch (error) {
    // It may have ended meanwhile; if it cannot be told now, it ends by itself in a while.
    const hasEnded = error instanceof WalletSessionsError && error.code === 'SESSION_NOT_FOUND';
    if (!hasEnded) report(error, source);
  }
}

/** Puts the tokens into cookies where there are such, and else into the answer: never into both. */
export function handOver(grant: SessionGrant, cookies: TokenCookies | undefined): SessionGrantType {
  cookies?.grant(grant);
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
