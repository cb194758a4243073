import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { createTrustedDocuments, type TrustedDocuments } from '../graphql/trusted-documents.js';
import { ConfigurationError } from './read.js';

const documents = v.pipe(
  v.any(),
  v.check((value) => !Array.isArray(value)),
  v.record(v.string(), v.string()),
);

/**
 * Reads a `persisted-documents.json` file. Without a file, no documents are trusted.
 * @throws ConfigurationError if the file is malformed; Error from `node:fs` if it cannot be read
 */
export async function readTrustedDocuments(file: string | undefined): Promise<TrustedDocuments> {
  if (file === undefined) return createTrustedDocuments(new Map());
  try {
    const texts = v.parse(documents, JSON.parse(await readFile(file, 'utf8')));
    return createTrustedDocuments(new Map(Object.entries(texts)));
  } catch (error) {
    if (!(error instanceof v.ValiError || error instanceof SyntaxError)) throw error;
    throw new ConfigurationError([
      `TRUSTED_DOCUMENTS must name a JSON file with an object of documents by hash.`,
    ]);
  }
}
