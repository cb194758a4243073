import { generate, loadContext } from '@graphql-codegen/cli';

/** The documents of the tests with their types, as `codegen.yml` has it. */
export async function typedDocuments() {
  const context = await loadContext('codegen.yml');
  context.updateConfig({ silent: true });
  const files = await generate(context, false);
  return files.map(({ filename, content }) => ({ path: filename, content }));
}
