/** Launches Firefox for the end-to-end tests and drives the widget in it as a visitor does. */
import puppeteer, { type Browser, type BrowserContext, type Page } from 'puppeteer-core';
import { expect } from 'vitest';

/** Long, because a loaded machine is slow and must not fail the tests. */
const WAIT_TIMEOUT_MS = 20_000;

/** Launches a headless Firefox. The caller closes it. @throws {Error} when there is no Firefox, with the path that was tried */
export function launchFirefox(): Promise<Browser> {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr',
    headless: true,
  });
}

/** A selector for an element in the widget's shadow root, which Puppeteer enters with `>>>`. */
const inWidget = (selector: string) => `rivulet-chat >>> ${selector}`;

/** The widget on a page in Firefox. */
export class ChatInFirefox {
  /** The page that contains the widget. */
  readonly page: Page;
  /** Errors, warnings and policy violations of the page so far. A test asserts at its end that there are none. */
  readonly pageErrors: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(WAIT_TIMEOUT_MS);
    page.on('pageerror', (error) => this.pageErrors.push(`page error: ${String(error)}`));
    page.on('console', (message) => {
      if (/^(error|warn)/.test(message.type())) this.pageErrors.push(message.text());
    });
  }

  /** Opens a new page at the address. The panel may still be closed. */
  static async visit(context: BrowserContext, url: string): Promise<ChatInFirefox> {
    const chat = new ChatInFirefox(await context.newPage());
    await chat.page.evaluateOnNewDocument(() => {
      // The browser's protocol does not report policy violations, except through the console.
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy: ${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
      });
    });
    await chat.page.goto(url);
    return chat;
  }

  /** Opens the panel with the launcher, and resolves when the composer is visible. */
  async open(): Promise<void> {
    await this.click('.launcher');
    await this.waitUntilOpen();
  }

  /** Resolves when the composer is visible. */
  async waitUntilOpen(): Promise<void> {
    await this.page.waitForSelector(inWidget('rivulet-composer textarea'), { visible: true });
  }

  /** Sends a question with the Enter key. Does not wait for anything. */
  async ask(text: string): Promise<void> {
    const field = await this.page.waitForSelector(inWidget('rivulet-composer textarea'));
    await field?.type(text);
    await field?.press('Enter');
  }

  /** Clicks the element that matches, once it is visible, enabled and at rest. */
  async click(selector: string): Promise<void> {
    await this.#clickFirst(inWidget(selector));
  }

  /** Clicks the button with this accessible name or text, once it is visible, enabled and at rest. */
  async clickButton(name: string): Promise<void> {
    await this.#clickFirst(
      `${inWidget(`button[aria-label="${name}"]`)}, ${inWidget(`button::-p-text(${name})`)}`,
    );
  }

  /**
   * Puppeteer's own locators build their conditions with `new Function` in the page, which the page's
   * Content-Security-Policy forbids since Firefox ESR 140.12. `evaluate` needs no such permission.
   */
  async #clickFirst(selector: string): Promise<void> {
    const element = await this.page.waitForSelector(selector, { visible: true });
    await element?.evaluate(async (target) => {
      const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const position = () => JSON.stringify(target.getBoundingClientRect());
      for (let before = ''; before !== position() || target.matches(':disabled');) {
        before = position();
        await nextFrame();
      }
    });
    await element?.click();
  }

  /** Resolves when the widget has an element that matches. */
  async waitForElement(selector: string): Promise<void> {
    await this.page.waitForSelector(inWidget(selector));
  }

  /** Returns the whole text of the transcript. */
  transcript(): Promise<string> {
    return this.page.evaluate(
      () =>
        document.querySelector('rivulet-chat')?.shadowRoot?.querySelector('rivulet-transcript')
          ?.textContent ?? '',
    );
  }

  /** Resolves when the transcript contains the text. */
  async waitForText(text: string): Promise<void> {
    await expect.poll(() => this.transcript(), { timeout: WAIT_TIMEOUT_MS }).toContain(text);
  }

  /** Counts the occurrences of the text in the transcript. */
  async countText(text: string): Promise<number> {
    return (await this.transcript()).split(text).length - 1;
  }

  /** Resolves when no answer is being written. */
  async waitForIdle(): Promise<void> {
    await this.waitForElement('.send[data-does=send]');
  }
}
