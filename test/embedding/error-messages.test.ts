import { ERROR_CODES } from '../../src/errors.js';

describe('messages of errors', () => {
  it.each(Object.entries(ERROR_CODES))(
    'uses no GraphQL terms in the message of %s, because Express sends it, too',
    (_code, message) => {
      expect(message).not.toMatch(/\b(?:field|extensions|query|mutation|GraphQL)\b/i);
    },
  );
});
