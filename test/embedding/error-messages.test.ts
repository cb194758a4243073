import { ERROR_CODES } from '../../src/errors.js';

describe('the message of error code', () => {
  it.each(Object.entries(ERROR_CODES))(
    '%s contains no GraphQL terms, because Express sends it, too',
    (_code, message) => {
      expect(message).not.toMatch(/\b(?:field|extensions|query|mutation|GraphQL)\b/i);
    },
  );
});
