/** What a screen reader is given: every text that a live region of the page ever had. */
import type { Page } from 'playwright';

/** @returns what was said since, each with its urgency, in order */
export async function listenToRegions(page: Page): Promise<() => string[]> {
  const said: string[] = [];
  await page.exposeFunction('regionSaid', (text: string) => said.push(text));
  await page.evaluate(() => {
    const publish = Reflect.get(globalThis, 'regionSaid') as (text: string) => void;
    new MutationObserver((records) => {
      const regions = new Set<Element>();
      for (const { target } of records) {
        const element = target instanceof Element ? target : target.parentElement;
        const region = element?.closest('[aria-live]');
        if (region) regions.add(region);
      }
      for (const region of regions)
        if (region.textContent !== '') publish(`${region.getAttribute('aria-live')}: ${region.textContent}`);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  return () => [...said];
}
