import type { GraphQLError } from 'graphql';
import { Field, ObjectType, ArgsType, Int } from 'type-graphql';
import { badUserInput } from './errors.js';
import { MAX_PAGE_SIZE } from './document-limits.js';

@ObjectType('PageInfo', { description: 'Information about a page of a connection.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there are more edges after `endCursor`.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether there are edges before `startCursor`.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'The cursor of the first edge.' })
  startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the last edge. Pass it as `after` to get the next page.',
  })
  endCursor!: string | null;
}

export interface Connection<Node> {
  readonly edges: { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number;
}

/**
 * Returns a page of a sorted list (GraphQL Cursor Connections Specification, forward pagination). A cursor
 * contains the sort key of its node, so it stays valid after the node is gone.
 */
export function connectionOf<Node>(
  sorted: readonly Node[],
  keyOf: (node: Node) => SortKey,
  { first, after }: { first: number; after?: string | undefined },
): Connection<Node> {
  assertPageSize(first);
  const start = after === undefined ? 0 : positionAfter(sorted.map(keyOf), decodeCursor(after));
  const page = sorted.slice(start, start + first);
  const edges = page.map((node) => ({ cursor: encodeCursor(keyOf(node)), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: start + page.length < sorted.length,
      hasPreviousPage: start > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: sorted.length,
  };
}

/** Lists are sorted by time, newest first, then by id. */
type SortKey = readonly [time: number, id: string];

function positionAfter(keys: readonly SortKey[], [time, id]: SortKey): number {
  const position = keys.findIndex(([t, i]) => t < time || (t === time && i > id));
  return position === -1 ? keys.length : position;
}

function encodeCursor([time, id]: SortKey): string {
  return Buffer.from(`${time}:${id}`).toString('base64url');
}

function decodeCursor(cursor: string): SortKey {
  const [, time, id] = /^(\d{1,15}):(.+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (time === undefined || id === undefined) {
    throw invalidCursor();
  }
  return [Number(time), id];
}

export function invalidCursor(): GraphQLError {
  return badUserInput('"after" is not a cursor of this connection.');
}

@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    defaultValue: MAX_PAGE_SIZE,
    description: `Page size, 0 to ${MAX_PAGE_SIZE}.`,
  })
  first!: number;

  @Field(() => String, {
    nullable: true,
    description: 'Return the edges after this cursor.',
  })
  after?: string | null;
}

/** @throws GraphQLError `BAD_USER_INPUT` */
export function assertPageSize(first: number): void {
  if (first < 0 || first > MAX_PAGE_SIZE) {
    throw badUserInput(`"first" must be between 0 and ${MAX_PAGE_SIZE}.`);
  }
}
