import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Session } from '../sessions/session.js';
import { RequestScope } from './authorization.js';
import type { RequestContext } from './context.js';
import { AccountIdScalar, ChainIdScalar } from './account-scalars.js';
import { CapabilityType, toCapabilityTypes } from './capability-type.js';
import { PageInfo } from './connection.js';

@ObjectType('Session', {
  description: 'A sign-in of a wallet on a device, until it ends.',
})
export class SessionType {
  private readonly session: Session;
  private readonly currentSession: Session | undefined;

  /** @param current the session of the request */
  constructor(session: Session, current: Session | undefined) {
    this.session = session;
    this.currentSession = current;
  }

  @Field(() => ID, { description: 'The id of the session. It is not secret.' })
  get id(): string {
    return this.session.id;
  }

  @Field(() => AccountIdScalar, {
    description:
      'The wallet that signed in: applications can keep their users by it. A contract at the same address on another ' +
      'chain is another wallet.',
  })
  get wallet(): string {
    return this.session.wallet;
  }

  @Field(() => ChainIdScalar, { description: 'The chain on which the wallet signed in.' })
  get chainId(): string {
    return this.session.chainId;
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The name of the connector, as given by the client: `MetaMask`, `WalletConnect`, …',
  })
  get walletType(): string | null {
    return this.session.walletType ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The name of the device, as given by the client at sign-in.',
  })
  get device(): string | null {
    return this.session.device ?? null;
  }

  @Field(() => String, { nullable: true, description: 'The `User-Agent` of the sign-in.' })
  get userAgent(): string | null {
    return this.session.userAgent ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The IP address from which the session was last used.',
  })
  get ipAddress(): string | null {
    return this.session.ipAddress ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description:
      'Where that address is, such as `Berlin, Germany`; null if the operator has not configured it or it is not known.',
  })
  async place(@RequestScope() { sessions }: RequestContext): Promise<string | null> {
    return (await sessions.placeOf(this.session)) ?? null;
  }

  @Field(() => Boolean, {
    description:
      'Whether the session is bound to a key of its client: its tokens work only with proofs of that key (DPoP, RFC 9449).',
  })
  get keyBound(): boolean {
    return this.session.keyThumbprint !== undefined;
  }

  @Field(() => Boolean, {
    description:
      'Whether the session is bound to the device of its browser: copied cookies stop working within minutes ' +
      '(Device Bound Session Credentials).',
  })
  get deviceBound(): boolean {
    return this.session.deviceBoundAt !== undefined;
  }

  @Field(() => [CapabilityType], {
    description:
      'What the wallet allowed the application besides the sign-in, with a ReCap (ERC-5573) in the message that it ' +
      'signed. Empty if the message had none.',
  })
  get capabilities(): CapabilityType[] {
    return toCapabilityTypes(this.session.capabilities);
  }

  @Field(() => Boolean, { description: 'Whether this is the session of the request.' })
  get current(): boolean {
    return this.session.id === this.currentSession?.id;
  }

  @Field(() => GraphQLDateTime, { description: 'When the wallet signed in.' })
  get createdAt(): Date {
    return new Date(this.session.createdAt);
  }

  @Field(() => GraphQLDateTime, {
    description: 'When the session was last used, accurate to about a minute.',
  })
  get lastSeenAt(): Date {
    return new Date(this.session.lastSeenAt);
  }

  @Field(() => GraphQLDateTime, { description: 'When the wallet last signed.' })
  get authenticatedAt(): Date {
    return new Date(this.session.authenticatedAt);
  }

  @Field(() => GraphQLDateTime, {
    description:
      'When the refresh window opens. Clients should refresh between this time and `expiresAt`.',
  })
  get refreshFrom(): Date {
    return new Date(this.session.refreshFrom);
  }

  @Field(() => GraphQLDateTime, {
    description: 'The idle timeout: the session ends at this time unless it is refreshed.',
  })
  get expiresAt(): Date {
    return new Date(this.session.expiresAt);
  }

  @Field(() => GraphQLDateTime, {
    description: 'The absolute timeout: the session ends at this time even if it is refreshed.',
  })
  get absoluteExpiresAt(): Date {
    return new Date(this.session.absoluteExpiresAt);
  }
}

@ObjectType('SessionEdge', { description: 'A session in a connection.' })
class SessionEdge {
  @Field(() => String, { description: 'Pass it as `after` to get the following sessions.' })
  cursor!: string;

  @Field(() => SessionType, { description: 'The session.' })
  node!: SessionType;
}

@ObjectType('SessionConnection', { description: 'A page of sessions, newest first.' })
export class SessionConnection {
  @Field(() => [SessionEdge], { description: 'The sessions of this page.' })
  edges!: SessionEdge[];

  @Field(() => PageInfo, { description: 'Information about the page.' })
  pageInfo!: PageInfo;

  @Field(() => Int, {
    description:
      'The number of sessions on all pages. A session that can no longer be read, because its key was removed, ' +
      'counts until it expires.',
  })
  totalCount!: number;
}
