import type { Capabilities } from '../../sessions/session.js';

const PREFIX = 'urn:recap:';

const INTRODUCTION =
  'I further authorize the stated URI to perform the following actions on my behalf:';

/** A namespace, a slash and a name. */
const ABILITY = /^([^/\s']+)\/([^/\s']+)$/;

/** A ReCap, or what is wrong with it. */
export type ReadRecap = { readonly capabilities: Capabilities } | { readonly wrong: string };

/**
 * Reads the ReCap of a message (ERC-5573): its last resource. The owner of the wallet sees the statement, not the resource.
 * So the statement must end with the sentences that say what the resource authorizes.
 * @returns `undefined` for a message without a ReCap
 */
export function readRecap(statement: string, resources: readonly string[]): ReadRecap | undefined {
  const recaps = resources.filter((resource) => resource.startsWith(PREFIX));
  const [recap] = recaps;
  if (recap === undefined) return undefined;
  if (recaps.length > 1 || resources.at(-1) !== recap) {
    return { wrong: 'has a ReCap that is not the last resource, or more than one' };
  }
  const capabilities = decode(recap.slice(PREFIX.length));
  if (capabilities === undefined) return { wrong: 'has a ReCap that cannot be read (ERC-5573)' };
  const sentences = describe(capabilities);
  return statement === sentences || statement.endsWith(` ${sentences}`)
    ? { capabilities }
    : { wrong: 'has a ReCap that the statement does not describe (ERC-5573)' };
}

function decode(encoded: string): Capabilities | undefined {
  if (!/^[A-Za-z0-9_+/-]+$/.test(encoded)) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  try {
    const value: unknown = JSON.parse(text);
    // A key that stands there twice would have one meaning here and another elsewhere.
    if (JSON.stringify(value) !== text || !isRecord(value)) return undefined;
    const { att } = value;
    return isCapabilities(att) ? att : undefined;
  } catch {
    return undefined;
  }
}

function isCapabilities(value: unknown): value is Capabilities {
  if (!isRecord(value) || Object.keys(value).length === 0) return false;
  return Object.values(value).every(
    (abilities) =>
      isRecord(abilities) &&
      Object.keys(abilities).length > 0 &&
      Object.entries(abilities).every(
        ([ability, restrictions]) =>
          ABILITY.test(ability) && Array.isArray(restrictions) && restrictions.every(isRecord),
      ),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The statement of ERC-5573: one numbered sentence for each namespace of each resource. */
function describe(capabilities: Capabilities): string {
  const sentences = Object.entries(capabilities).flatMap(([resource, abilities]) => {
    const names = new Map<string, string[]>();
    for (const ability of Object.keys(abilities)) {
      const [, namespace = '', name = ''] = ABILITY.exec(ability) ?? [];
      names.set(namespace, [...(names.get(namespace) ?? []), name]);
    }
    return Array.from(
      names,
      ([namespace, own]) =>
        `'${namespace}': ${own.map((name) => `'${name}'`).join(', ')} for '${resource}'.`,
    );
  });
  return [INTRODUCTION, ...sentences.map((sentence, index) => `(${index + 1}) ${sentence}`)].join(
    ' ',
  );
}
