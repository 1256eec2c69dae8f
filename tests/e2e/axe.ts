/** Axe's verdict on a page as it stands. */

import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

export async function expectNoViolations(page: Page, where: string): Promise<void> {
  await comeToRest(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => ({ where, id, html: nodes[0]?.html }))).toEqual([]);
}

/** What is half faded in has half its contrast. */
async function comeToRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ends = (animation: Animation) => Number.isFinite(Number(animation.effect?.getComputedTiming().endTime));
    for (;;) {
      const moving = document.getAnimations().filter((animation) => animation.playState === 'running' && ends(animation));
      if (moving.length === 0) return;
      await Promise.allSettled(moving.map((animation) => animation.finished));
    }
  });
}
