import { GraphQLDateTime, GraphQLSafeInt } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Session } from '../sessions/session.js';
import { AddressScalar } from './address.js';
import { PageInfo } from './connection.js';

@ObjectType('Session', {
  description: 'One sign-in of one wallet on one device, until it ends.',
})
export class SessionType {
  private readonly session: Session;
  private readonly asking: Session | undefined;

  /** @param asking the session of whoever is shown this one */
  constructor(session: Session, asking: Session | undefined) {
    this.session = session;
    this.asking = asking;
  }

  @Field(() => ID, { description: 'Names the session; no secret.' })
  get id(): string {
    return this.session.id;
  }

  @Field(() => AddressScalar, { description: 'The account that signed in.' })
  get wallet(): string {
    return this.session.wallet;
  }

  @Field(() => GraphQLSafeInt, {
    description: 'The EIP-155 id of the chain that the wallet signed in on.',
  })
  get chainId(): number {
    return this.session.chainId;
  }

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description:
      'Where the wallet is a contract, the id of the chain that it is on: at the same address on another chain ' +
      'it is another wallet. Null for an account with a key of its own, which is the same on every chain.',
  })
  get contractChainId(): number | null {
    return this.session.contractChainId ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The connector that signed, as the client named it: `MetaMask`, `WalletConnect`, …',
  })
  get walletType(): string | null {
    return this.session.walletType ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'What the client called the device at sign-in.',
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
    description: 'The IP address that the session was last seen from.',
  })
  get ipAddress(): string | null {
    return this.session.ipAddress ?? null;
  }

  @Field(() => Boolean, { description: 'Whether this is the session that asks.' })
  get current(): boolean {
    return this.session.id === this.asking?.id;
  }

  @Field(() => GraphQLDateTime, { description: 'When the wallet signed in.' })
  get createdAt(): Date {
    return new Date(this.session.createdAt);
  }

  @Field(() => GraphQLDateTime, {
    description: 'When the session was last used, to within a minute or so.',
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
      'When the refresh window opens: a client should refresh between this and `expiresAt`.',
  })
  get refreshFrom(): Date {
    return new Date(this.session.refreshFrom);
  }

  @Field(() => GraphQLDateTime, {
    description: 'The idle timeout: without a refresh, the session ends here.',
  })
  get expiresAt(): Date {
    return new Date(this.session.expiresAt);
  }

  @Field(() => GraphQLDateTime, {
    description: 'The absolute timeout: here the session ends however often it was refreshed.',
  })
  get absoluteExpiresAt(): Date {
    return new Date(this.session.absoluteExpiresAt);
  }
}

@ObjectType({ description: 'A session in a list, with its place there.' })
export class SessionEdge {
  @Field(() => String, { description: 'Give it as `after` to get what follows.' })
  cursor!: string;

  @Field(() => SessionType, { description: 'The session.' })
  node!: SessionType;
}

@ObjectType({ description: 'A page of sessions, newest first.' })
export class SessionConnection {
  @Field(() => [SessionEdge], { description: 'The sessions of this page.' })
  edges!: SessionEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;

  @Field(() => Int, {
    description:
      'How many sessions there are on all pages together. One that cannot be read any more, since its key was removed, ' +
      'counts until it expires.',
  })
  totalCount!: number;
}
