/** Firefox for the end-to-end tests, and the widget in it as a person works it. */
import puppeteer, { type Browser, type BrowserContext, type Page } from 'puppeteer-core';
import { expect } from 'vitest';

/** A machine that is busy is slow, not wrong. */
const WAIT_TIMEOUT_MS = 20_000;

/** @throws when there is no Firefox, with where it was looked for */
export function launchFirefox(): Promise<Browser> {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr',
    headless: true,
  });
}

/** What is in the widget's shadow root is found with `>>>`. */
const inWidget = (selector: string) => `rivulet-chat >>> ${selector}`;

/** The widget on a page in Firefox. */
export class ChatInFirefox {
  readonly page: Page;
  /** Errors, warnings, and what the page's policy forbade: a test ends with it empty. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(WAIT_TIMEOUT_MS);
    page.on('pageerror', (error) => this.complaints.push(`page error: ${String(error)}`));
    page.on('console', (message) => {
      if (/^(error|warn)/.test(message.type())) this.complaints.push(message.text());
    });
  }

  static async visit(context: BrowserContext, url: string): Promise<ChatInFirefox> {
    const chat = new ChatInFirefox(await context.newPage());
    await chat.page.evaluateOnNewDocument(() => {
      // The protocol tells nothing of a violated policy but by the console.
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy: ${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
      });
    });
    await chat.page.goto(url);
    return chat;
  }

  /** By a click on the launcher. */
  async open(): Promise<void> {
    await this.click('.launcher');
    await this.isOpen();
  }

  async isOpen(): Promise<void> {
    await this.page.waitForSelector(inWidget('rivulet-composer textarea'), { visible: true });
  }

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
  async press(name: string): Promise<void> {
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
      const place = () => JSON.stringify(target.getBoundingClientRect());
      for (let before = ''; before !== place() || target.matches(':disabled');) {
        before = place();
        await nextFrame();
      }
    });
    await element?.click();
  }

  /** Resolves when the widget has such an element. */
  async has(selector: string): Promise<void> {
    await this.page.waitForSelector(inWidget(selector));
  }

  /** All that can be read in the transcript. */
  transcript(): Promise<string> {
    return this.page.evaluate(
      () =>
        document.querySelector('rivulet-chat')?.shadowRoot?.querySelector('rivulet-transcript')
          ?.textContent ?? '',
    );
  }

  /** Resolves when these words can be read in the transcript. */
  async sees(text: string): Promise<void> {
    await expect.poll(() => this.transcript(), { timeout: WAIT_TIMEOUT_MS }).toContain(text);
  }

  /** How often these words can be read. */
  async times(text: string): Promise<number> {
    return (await this.transcript()).split(text).length - 1;
  }

  /** Resolves when nothing is being written. */
  async isDone(): Promise<void> {
    await this.has('.send[data-does=send]');
  }
}
