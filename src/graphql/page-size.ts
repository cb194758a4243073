import { badUserInput } from './errors.js';

/** The most nodes that one page of a connection has. */
export const MAX_PAGE_SIZE = 100;

/** @throws GraphQLError `BAD_USER_INPUT` */
export function assertPageSize(first: number): void {
  if (first < 0 || first > MAX_PAGE_SIZE) {
    throw badUserInput(`"first" must be between 0 and ${MAX_PAGE_SIZE}.`);
  }
}
