/** Records what a screen reader announces: every text that a live region of a page had. */
import type { Page } from 'playwright';

/** Starts to record. @returns a function that returns the texts so far, in order, each after its politeness: `polite: …` */
export async function recordLiveRegions(page: Page): Promise<() => string[]> {
  const announced: string[] = [];
  await page.exposeFunction('recordAnnouncement', (text: string) => announced.push(text));
  await page.evaluate(() => {
    const record = Reflect.get(globalThis, 'recordAnnouncement') as (text: string) => void;
    new MutationObserver((records) => {
      const regions = new Set<Element>();
      for (const { target } of records) {
        const element = target instanceof Element ? target : target.parentElement;
        const region = element?.closest('[aria-live]');
        if (region) regions.add(region);
      }
      for (const region of regions)
        if (region.textContent !== '') record(`${region.getAttribute('aria-live')}: ${region.textContent}`);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  return () => [...announced];
}
