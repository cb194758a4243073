/** The most nodes that one page of a connection has. */
export const LARGEST_PAGE = 100;
