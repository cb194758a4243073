import { ERROR_CODES } from '../../src/errors.js';

describe('the message of an error', () => {
  it.each(Object.entries(ERROR_CODES))(
    'says nothing that is of GraphQL alone, since Express answers with it, too: %s',
    (_code, message) => {
      expect(message).not.toMatch(/\b(?:field|extensions|query|mutation|GraphQL)\b/i);
    },
  );
});
