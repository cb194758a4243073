import { readFile } from 'node:fs/promises';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/**
 * What axe-core finds on the page as it is: each rule with the elements that break it.
 * @param exclude selectors of what is not ours to change
 */
export async function accessibilityFindings(
  page: Page,
  exclude: readonly string[] = [],
): Promise<readonly string[]> {
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) {
    const source = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
    // Evaluated by the debugger, which the content security policy of the page does not bind.
    await page.evaluate(source);
  }
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run({ exclude: ${JSON.stringify(exclude)} }, { resultTypes: ["violations"] })`,
  );
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
  );
}
