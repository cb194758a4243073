import { GraphQLDateTime, GraphQLSafeInt } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Session } from '../session/session.js';
import { AddressScalar } from './address.js';
import { PageInfo } from './connection.js';

@ObjectType('Session', {
  description: 'One sign-in of one wallet on one device, until it ends.',
})
export class SessionType {
  @Field(() => ID, { description: 'Names the session; no secret.' })
  id!: string;

  @Field(() => AddressScalar, { description: 'The account that signed in.' })
  wallet!: string;

  @Field(() => GraphQLSafeInt, {
    description: 'The EIP-155 id of the chain that the wallet signed in on.',
  })
  chainId!: number;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description:
      'Where the wallet is a contract, the id of the chain that it is on: at the same address on another chain ' +
      'it is another wallet. Null for an account with a key of its own, which is the same on every chain.',
  })
  contractChainId!: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The connector that signed, as the client named it: `MetaMask`, `WalletConnect`, …',
  })
  walletType!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the client called the device at sign-in.',
  })
  device!: string | null;

  @Field(() => String, { nullable: true, description: 'The `User-Agent` of the sign-in.' })
  userAgent!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The IP address that the session was last seen from.',
  })
  ipAddress!: string | null;

  @Field(() => Boolean, { description: 'Whether this is the session that asks.' })
  current!: boolean;

  @Field(() => GraphQLDateTime, { description: 'When the wallet signed in.' })
  createdAt!: Date;

  @Field(() => GraphQLDateTime, {
    description: 'When the session was last used, to within a minute or so.',
  })
  lastSeenAt!: Date;

  @Field(() => GraphQLDateTime, { description: 'When the wallet last signed.' })
  authenticatedAt!: Date;

  @Field(() => GraphQLDateTime, {
    description:
      'When the refresh window opens: a client should refresh between this and `expiresAt`.',
  })
  refreshFrom!: Date;

  @Field(() => GraphQLDateTime, {
    description: 'The idle timeout: without a refresh, the session ends here.',
  })
  expiresAt!: Date;

  @Field(() => GraphQLDateTime, {
    description: 'The absolute timeout: here the session ends however often it was refreshed.',
  })
  absoluteExpiresAt!: Date;
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

  @Field(() => Int, { description: 'How many sessions there are on all pages together.' })
  totalCount!: number;
}

export function toSessionType(session: Session, current: Session | undefined): SessionType {
  return {
    id: session.id,
    wallet: session.wallet,
    chainId: session.chainId,
    contractChainId: session.contractChainId ?? null,
    walletType: session.walletType ?? null,
    device: session.device ?? null,
    userAgent: session.userAgent ?? null,
    ipAddress: session.ipAddress ?? null,
    current: session.id === current?.id,
    createdAt: new Date(session.createdAt),
    lastSeenAt: new Date(session.lastSeenAt),
    authenticatedAt: new Date(session.authenticatedAt),
    refreshFrom: new Date(session.refreshFrom),
    expiresAt: new Date(session.expiresAt),
    absoluteExpiresAt: new Date(session.absoluteExpiresAt),
  };
}
