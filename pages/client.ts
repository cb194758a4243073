import { createWalletSessionsClient } from '../client/src/index.js';
import { settings } from './settings.js';

/**
 * The session of these pages. Without cookies its tokens are in `sessionStorage`: they live through a
 * reload and end with the tab. The pages load no script of anybody else.
 */
export const client = createWalletSessionsClient({
  url: '/graphql',
  cookies: settings.usesCookies,
  ...(!settings.usesCookies && { storage: sessionStorage }),
});
