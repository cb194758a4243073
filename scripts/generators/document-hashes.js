import { hash } from 'node:crypto';
import { plainDocuments } from './plain-documents.js';

/**
 * A plugin of graphql-codegen: the documents that `plain-documents.js` writes, by hash, in the format of
 * `persisted-documents.json`. The text must be the same to the byte.
 */
export function plugin(_schema, documents) {
  const texts = plainDocuments(documents).map(({ text }) => [
    `sha256:${hash('sha256', text)}`,
    text,
  ]);
  return `${JSON.stringify(Object.fromEntries(texts), null, 2)}\n`;
}
