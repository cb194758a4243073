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
 * Reads `persisted-documents.json` files. Without files, no documents are trusted.
 * @throws ConfigurationError if a file is malformed; Error from `node:fs` if it cannot be read
 */
export async function readTrustedDocuments(
  files: readonly string[] = [],
): Promise<TrustedDocuments> {
  const entries = await Promise.all(files.map(readDocuments));
  return createTrustedDocuments(new Map(entries.flat()));
}

async function readDocuments(file: string): Promise<[id: string, text: string][]> {
  try {
    return Object.entries(v.parse(documents, JSON.parse(await readFile(file, 'utf8'))));
  } catch (error) {
    if (!(error instanceof v.ValiError || error instanceof SyntaxError)) throw error;
    throw new ConfigurationError([
      `TRUSTED_DOCUMENTS must name JSON files, each with an object of documents by hash. This is not: ${file}`,
    ]);
  }
}
