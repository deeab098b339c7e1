/** Where the keyboard is, and how a visitor walks with it. */
import type { Page } from 'playwright';
import type { ChatOnPage } from './browser.ts';

/** A page of either browser's driver. */
interface Evaluates {
  evaluate(run: () => string): Promise<string>;
}

/** Role and name of what has the focus, as a screen reader begins; the tag where there is no role. */
export function focusedName(page: Evaluates): Promise<string> {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    if (element === null) return '';
    const roles: Record<string, string> = {
      button: 'button',
      textarea: 'textbox',
      a: 'link',
      input: 'textbox',
    };
    const role = element.getAttribute('role') ?? roles[element.localName] ?? element.localName;
    const words = element.role === null && ['pre', 'body'].includes(role) ? '' : element.textContent;
    const name = element.getAttribute('aria-label') ?? words;
    return `${role} ${name.replace(/\s+/g, ' ').trim()}`.trim();
  });
}

/** Tab from the page's top to the launcher, and Enter. */
export async function openByKeyboard(chat: ChatOnPage): Promise<void> {
  const { page } = chat;
  for (let step = 0; step < 60 && !(await focusedName(page)).startsWith('button Open chat'); step += 1)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await chat.composer.waitFor();
  await page.waitForFunction(() => {
    const active = document.querySelector('rivulet-chat')?.shadowRoot?.activeElement;
    return active?.localName === 'textarea';
  });
}

/** The names of all stops from here to the one named. */
export async function tabThrough(page: Page, last: string): Promise<string[]> {
  const stops = [await focusedName(page)];
  while (stops.at(-1) !== last && stops.length < 40) {
    await page.keyboard.press('Tab');
    stops.push(await focusedName(page));
  }
  return stops;
}

/** Targets of less than 24 x 24 px (WCAG 2.2, 2.5.8), but for links within a sentence, which the rule leaves out. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.querySelector('rivulet-chat')?.shadowRoot;
    const targets = [...(root?.querySelectorAll('button, textarea, summary, a, input') ?? [])];
    return targets
      .filter((target) => target.closest('p, li') === null && target.getClientRects().length > 0)
      .map((target) => ({ target, box: target.getBoundingClientRect() }))
      .filter(({ box }) => box.width < 24 || box.height < 24)
      .map(({ target, box }) => `${target.ariaLabel ?? target.textContent}: ${box.width} x ${box.height}`);
  });
}
