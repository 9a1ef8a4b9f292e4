import axe from 'axe-core';
import { expect } from 'vitest';

/** axe-core on the markup, in both themes (colours are checked by tokens.test.ts and in a real browser). */
export async function expectAccessible(container: Element): Promise<void> {
  for (const theme of ['light', 'dark']) {
    document.documentElement.dataset.theme = theme;
    const result = await axe.run(container, {
      rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
    });
    expect(
      result.violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`),
    ).toEqual([]);
  }
  delete document.documentElement.dataset.theme;
}
