/** Chromium for the end-to-end tests, and the widget as a person works it. */
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright';
import { chromiumArgs } from '../../vitest.config.ts';

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
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
    // A second page of a visitor who has the panel open comes with it open, in its own time.
    await this.launcher.or(this.composer).first().waitFor();
    if (!(await this.composer.isVisible()))
      await this.launcher.click({ timeout: 2000 }).catch(() => undefined);
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
