import { badUserInput } from './errors.js';

/** The most nodes that one page of a connection has. */
export const LARGEST_PAGE = 100;

/** @throws GraphQLError `BAD_USER_INPUT` */
export function assertPageSize(first: number): void {
  if (first < 0 || first > LARGEST_PAGE) {
    throw badUserInput(`"first" must be between 0 and ${LARGEST_PAGE}.`);
  }
}
