/** Reads and moves the keyboard focus. */
import type { Page } from 'playwright';
import type { ChatOnPage } from './browser.ts';

/** A page of Playwright or of Puppeteer. */
interface ScriptablePage {
  evaluate(run: () => string): Promise<string>;
}

/**
 * Returns the role and the accessible name of the focused element, e.g. `button Send`. Shadow roots are searched. The tag name
 * replaces a missing role.
 */
export function focusedName(page: ScriptablePage): Promise<string> {
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
    const text = element.role === null && ['pre', 'body'].includes(role) ? '' : element.textContent;
    const name = element.getAttribute('aria-label') ?? text;
    return `${role} ${name.replace(/\s+/g, ' ').trim()}`.trim();
  });
}

/** Moves the focus with Tab to the launcher, presses Enter, and resolves when the composer has the focus. */
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

/** Presses Tab until the focus is at `last`, at most 40 times. @returns the names of the focused elements, in order, starting with the current one */
export async function focusOrder(page: Page, last: string): Promise<string[]> {
  const stops = [await focusedName(page)];
  while (stops.at(-1) !== last && stops.length < 40) {
    await page.keyboard.press('Tab');
    stops.push(await focusedName(page));
  }
  return stops;
}

/**
 * Lists the widget's targets that are smaller than 24 x 24 px (WCAG 2.2, success criterion 2.5.8). Targets within a sentence are
 * exempt from that criterion.
 */
export function undersizedTargets(page: Page): Promise<string[]> {
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
