/** Chromium for the end-to-end tests, and the widget as a person works it. */
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright';
import { chromiumArgs } from '../../vitest.config.ts';

/** @param left what becomes of a page that is left: a visitor's browser keeps it for a while, to come back to */
export function launchBrowser(left: 'dropped' | 'kept' = 'dropped'): Promise<Browser> {
  return chromium.launch({
    ...(left === 'kept' ? { ignoreDefaultArgs: ['--disable-back-forward-cache'] } : {}),
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: chromiumArgs,
  });
}

/** What the page and the console complained about: an end-to-end test ends with it empty. */
export interface Complaints {
  readonly all: string[];
}

/** @param allowed complaints that a test causes on purpose */
export function watchComplaints(page: Page, allowed = /(?!)/): Complaints {
  const all: string[] = [];
  const add = (text: string) => {
    if (!allowed.test(text)) all.push(text);
  };
  page.on('pageerror', (error) => {
    add(`page error: ${error.message}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') add(`console: ${message.text()}`);
  });
  return { all };
}

/** Ends the page's process as a crash does. */
export async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  const devtools = await page.context().newCDPSession(page);
  devtools.send('Page.crash').catch(() => undefined); // nobody is left to answer
  await crashed;
}

/** By the browser's own button: `goBack` waits for a load that a kept page does not have. */
export function goBack(page: Page): void {
  // The page that is asked is gone before it can answer.
  page.evaluate('history.back()').catch(() => undefined);
}

/** The widget on a page, by what a person sees and a screen reader says. */
export class ChatOnPage {
  readonly page: Page;
  readonly launcher: Locator;
  readonly composer: Locator;
  readonly send: Locator;
  readonly stop: Locator;
  readonly transcript: Locator;

  constructor(page: Page) {
    this.page = page;
    this.launcher = page.getByRole('button', { name: 'Open chat' });
    this.composer = page.getByRole('textbox', { name: 'Message' });
    this.send = page.getByRole('button', { name: 'Send', exact: true });
    this.stop = page.getByRole('button', { name: 'Stop answering' });
    this.transcript = page.locator('rivulet-transcript');
  }

  static async visit(context: BrowserContext, url: string): Promise<ChatOnPage> {
    const page = await context.newPage();
    await page.goto(url);
    return new ChatOnPage(page);
  }

  async open(): Promise<void> {
    // A second page of a visitor who has the panel open comes with it open, in its own time. The launcher's name decides: a
    // panel that was just closed can be seen until it has faded.
    await this.launcher.or(this.composer).first().waitFor();
    if (await this.launcher.isVisible()) await this.launcher.click({ timeout: 2000 }).catch(() => undefined);
    await this.composer.waitFor();
  }

  /** The panel, also where it opens by itself because it is open in another tab. */
  async show(): Promise<void> {
    await this.page.evaluate(async () => {
      await customElements.whenDefined('rivulet-chat');
      // The element's own method: a launcher that is clicked twice closes again.
      (document.querySelector('rivulet-chat') as unknown as { open(): void }).open();
    });
    await this.composer.waitFor();
  }

  /** Comes to the page anew; a panel that was open comes back by itself. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.composer.waitFor();
  }

  async ask(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** Resolves when these words can be read in the transcript. */
  async sees(text: string | RegExp): Promise<void> {
    await this.transcript.getByText(text).first().waitFor();
  }

  /** Resolves when nothing is being written. */
  async isDone(): Promise<void> {
    await this.send.waitFor();
  }
}
