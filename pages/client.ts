import { createWalletSessionsClient } from '../client/src/index.js';
import { settings } from './settings.js';

/** The API beside the page, wherever a proxy serves both. */
export const API = new URL('graphql', location.href).href;

/**
 * The session of these pages. Without cookies its tokens are in `sessionStorage`: they live through a
 * reload and end with the tab. The pages load no script of anybody else.
 */
export const client = createWalletSessionsClient({
  url: API,
  cookies: settings.usesCookies,
  ...(!settings.usesCookies && { storage: sessionStorage }),
});
