import { GraphQLDateTime } from 'graphql-scalars';
import {
  Arg,
  Field,
  ID,
  ObjectType,
  registerEnumType,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { REVOCATION_REASONS, type Revocation, type RevocationReason } from '../sessions/session.js';
import type { AccountId } from '../accounts/account-id.js';
import { AccountIdScalar } from './account-scalars.js';
import { openRevocationStream } from './revocation-stream.js';
import type { WalletSessionsContext } from './context.js';

const RevocationReasonEnum = Object.fromEntries(
  REVOCATION_REASONS.map((reason) => [reason, reason]),
) as { [Reason in RevocationReason]: Reason };

registerEnumType(RevocationReasonEnum, {
  name: 'RevocationReason',
  description: 'Why a session ended.',
  valuesConfig: {
    LOGOUT: { description: 'The owner logged it out.' },
    LOGOUT_ALL: { description: 'The owner logged out all sessions, or all other sessions.' },
    TOKEN_REUSE: { description: 'A used refresh token was presented again: it may be stolen.' },
    LIMIT_EXCEEDED: { description: 'A newer sign-in replaced it at the session limit.' },
    EXPIRED: { description: 'It was not refreshed in time, or reached its absolute timeout.' },
    ADMIN: { description: 'An administrator revoked it.' },
  },
});

@ObjectType('SessionRevocation', { description: 'The end of a session.' })
class SessionRevocation {
  @Field(() => ID, { description: 'The session that ended.' })
  sessionId!: string;

  @Field(() => RevocationReasonEnum, { description: 'Why it ended.' })
  reason!: RevocationReason;

  @Field(() => GraphQLDateTime, { description: 'When it ended.' })
  revokedAt!: Date;

  @Field(() => String, {
    description: 'The position of the event. Pass it as `after` to resume after it.',
  })
  cursor!: string;
}

interface RevocationArgs {
  readonly after?: string | null;
  readonly wallet?: AccountId | null;
}

@Resolver()
export class RevocationResolver {
  @Subscription(() => SessionRevocation, {
    description:
      'Notifies of each of the wallet’s sessions that ends at any instance, in order and once each. A failover of Redis ' +
      'can undo a revocation that was not acknowledged; the session may then be announced again when it ends again. ' +
      'When the subscribing session ends, the subscription completes and the socket is closed with 4403.',
    subscribe: ({ args, context }) => {
      const { after, wallet } = args as RevocationArgs;
      return openRevocationStream((context as WalletSessionsContext).walletSessions, {
        after: after ?? undefined,
        wallet: wallet ?? undefined,
      });
    },
  })
  sessionRevoked(
    @Root() { sessionId, reason, revokedAt, cursor }: Revocation,
    @Arg('after', () => String, {
      nullable: true,
      description:
        'Start after the event with this cursor, with the events missed since then (they are kept for a day). `0-0` ' +
        'is the position before the first event.',
    })
    _after: string | null,
    @Arg('wallet', () => AccountIdScalar, {
      nullable: true,
      description:
        'The wallet to watch: the contract at the address of an EOA, `eip155:10:0x…` (see sessions). ' +
        'Each wallet has its own cursors. Default: the wallet of the session.',
    })
    _wallet: AccountId | null,
  ): SessionRevocation {
    return { sessionId, reason, revokedAt: new Date(revokedAt), cursor };
  }
}
