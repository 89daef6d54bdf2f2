// What axe finds wrong with a page for those who do not see it, or use no mouse.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, type Page } from '@playwright/test';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Fails where something serious is found. */
export async function expectAccessible(page: Page): Promise<void> {
  // Through the debugger's door: the page's own policy would refuse a script from elsewhere.
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const findings = await page.evaluate(async () => {
    // @ts-expect-error: axe is a global of the script above
    const { violations } = await axe.run(document);
    return violations
      .filter((found: { impact: string }) => ['serious', 'critical'].includes(found.impact))
      .map((found: { id: string; nodes: { target: string[] }[] }) => [found.id, found.nodes.map((n) => n.target)]);
  });
  expect(findings).toEqual([]);
}
