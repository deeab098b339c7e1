/** Launches Chromium for the end-to-end tests and drives the widget in it as a visitor does. */
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright';
import { chromiumArgs } from '../../vitest.config.ts';

/**
 * Launches a headless Chromium. The caller closes it.
 * @param backForwardCache Playwright disables the back-forward cache by default; visitors' browsers have it enabled
 */
export function launchBrowser(backForwardCache: 'disabled' | 'enabled' = 'disabled'): Promise<Browser> {
  return chromium.launch({
    ...(backForwardCache === 'enabled' ? { ignoreDefaultArgs: ['--disable-back-forward-cache'] } : {}),
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: chromiumArgs,
  });
}

/** Uncaught errors of a page, and the errors and warnings in its console. A test asserts at its end that there are none. */
export interface PageErrors {
  /** One text per error, in order; grows while the page is open. */
  readonly all: string[];
}

/** Starts to record the errors of a page. @param allowed errors that a test causes on purpose; they are not recorded */
export function watchPageErrors(page: Page, allowed = /(?!)/): PageErrors {
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

/** Crashes the page's renderer process, and resolves when the page has crashed. */
export async function crashPage(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  const devtools = await page.context().newCDPSession(page);
  devtools.send('Page.crash').catch(() => undefined); // rejects, because the renderer is gone before it can respond
  await crashed;
}

/** Goes back in the history. Playwright's `goBack` waits for a load event, which a page from the back-forward cache does not fire. */
export function goBack(page: Page): void {
  // Rejects, because the page is left before the evaluation can return.
  page.evaluate('history.back()').catch(() => undefined);
}

/** The widget on a page, found by roles and accessible names. */
export class ChatOnPage {
  /** The page that contains the widget. */
  readonly page: Page;
  /** The button that opens the panel. */
  readonly launcher: Locator;
  /** The text field for a new message. */
  readonly composer: Locator;
  /** The send button; visible only while no answer is being written. */
  readonly send: Locator;
  /** The stop button; visible only while an answer is being written. */
  readonly stop: Locator;
  /** The list of messages. */
  readonly transcript: Locator;

  constructor(page: Page) {
    this.page = page;
    this.launcher = page.getByRole('button', { name: 'Open chat' });
    this.composer = page.getByRole('textbox', { name: 'Message' });
    this.send = page.getByRole('button', { name: 'Send', exact: true });
    this.stop = page.getByRole('button', { name: 'Stop answering' });
    this.transcript = page.locator('rivulet-transcript');
  }

  /** Opens a new page at the address. The panel may still be closed. */
  static async visit(context: BrowserContext, url: string): Promise<ChatOnPage> {
    const page = await context.newPage();
    await page.goto(url);
    return new ChatOnPage(page);
  }

  /** Opens the panel with the launcher, unless it is open, and resolves when the composer is visible. */
  async open(): Promise<void> {
    // On a second page of a visitor with an open panel, the panel opens by itself, at an unknown moment. The test decides by
    // the launcher's name, because a closed panel stays visible until its transition has ended.
    await this.launcher.or(this.composer).first().waitFor();
    if (await this.launcher.isVisible()) await this.launcher.click({ timeout: 2000 }).catch(() => undefined);
    await this.composer.waitFor();
  }

  /** Opens the panel with the element's `open()`, which also works when the panel opens by itself because another tab has it open. */
  async openByMethod(): Promise<void> {
    await this.page.evaluate(async () => {
      await customElements.whenDefined('rivulet-chat');
      // Not with the launcher: a click on it closes a panel that is open already.
      (document.querySelector('rivulet-chat') as unknown as { open(): void }).open();
    });
    await this.composer.waitFor();
  }

  /** Reloads the page. The panel must be open; it opens again by itself. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.composer.waitFor();
  }

  /** Sends a question with the Enter key. Does not wait for anything. */
  async ask(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** Resolves when the transcript contains the text. */
  async waitForText(text: string | RegExp): Promise<void> {
    await this.transcript.getByText(text).first().waitFor();
  }

  /** Resolves when no answer is being written. */
  async waitForIdle(): Promise<void> {
    await this.send.waitFor();
  }
}
