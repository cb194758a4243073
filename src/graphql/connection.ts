import type { GraphQLError } from 'graphql';
import { Field, ObjectType, ArgsType, Int } from 'type-graphql';
import { badUserInput } from './errors.js';
import { MAX_PAGE_SIZE } from '../sessions/store.js';

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

/** The key by which a list is sorted: by time, newest first, then by id. */
interface SortKey {
  readonly at: number;
  readonly id: string;
}

/** A cursor contains the sort key of its node, so it stays valid after the node is gone. */
export function encodeCursor({ at, id }: SortKey): string {
  return Buffer.from(`${at}:${id}`).toString('base64url');
}

/** @throws GraphQLError `BAD_USER_INPUT` */
export function decodeCursor(cursor: string): SortKey {
  const [, at, id] = /^(\d{1,15}):(.+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (at === undefined || id === undefined) throw invalidCursor();
  return { at: Number(at), id };
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
