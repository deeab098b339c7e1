/** Three screens of one visitor, and what they show of who answers: recorded frame by frame, as a person would see it. */
import type { Browser, BrowserContext, Page } from 'playwright';
import { ChatOnPage, watchPageErrors, type PageErrors } from './browser.ts';

/** What the widget of a page has shown since `begin`. */
interface Shown {
  /** The frames in which the text of an answer has changed while somebody else than the model was shown to answer. */
  deltasAfterTakeOver: number;
  /** The names in the header, in order. */
  owners: string[];
}

/** What is recorded in a page. */
interface ScreenRecorder {
  shown: Shown;
  /** The texts of the answers when somebody else was first shown to answer; undefined while the model does. */
  frozen: string | undefined;
}
declare global {
  /** Set by {@link Screens.open} in each page. */
  var screenRecorder: ScreenRecorder;
}

/** The names that visitors see of the people in desk-deployment.ts. */
const NAMES = ['ADA', 'BOB'];
/** The browser logs a connection that a killed gateway leaves behind. */
const LOST_CONNECTION = /WebSocket connection to|Failed to load resource|net::ERR_/;

/** Three screens of one visitor: two tabs of one browser, which share a connection, and another browser. */
export class Screens {
  readonly chats: readonly [ChatOnPage, ChatOnPage, ChatOnPage];
  readonly #contexts: readonly BrowserContext[];
  readonly #errors: readonly PageErrors[];

  private constructor(
    chats: readonly [ChatOnPage, ChatOnPage, ChatOnPage],
    contexts: readonly BrowserContext[],
    errors: readonly PageErrors[],
  ) {
    this.chats = chats;
    this.#contexts = contexts;
    this.#errors = errors;
  }

  /** Opens the screens. @param urls of the page for the first browser, and for the second one */
  static async open(browser: Browser, urls: readonly [string, string]): Promise<Screens> {
    const contexts = [await browser.newContext(), await browser.newContext()] as const;
    const errors: PageErrors[] = [];
    const visit = async (context: BrowserContext, url: string) => {
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      errors.push(watchPageErrors(page, LOST_CONNECTION));
      await page.goto(url);
      const chat = new ChatOnPage(page);
      await chat.openByMethod();
      await record(page);
      return chat;
    };
    const first = await visit(contexts[0], urls[0]);
    await first.ask('Who are you?');
    await first.waitForText('You asked: Who are you?');
    await first.waitForIdle();
    const second = await visit(contexts[0], urls[0]);
    // The other browser of a visitor who has signed in has a token of the same visitor.
    const token = await first.page.evaluate(() => localStorage.getItem('rivulet:demo:token') ?? '');
    await contexts[1].addInitScript((stored) => {
      localStorage.setItem('rivulet:demo:token', stored);
    }, token);
    const third = await visit(contexts[1], urls[1]);
    return new Screens([first, second, third], contexts, errors);
  }

  /** Begins a conversation in the first tab, and shows it on all screens. @returns its id */
  async begin(greeting: string): Promise<string> {
    const [first, second, third] = this.chats;
    for (const { page } of [first, second])
      await page.evaluate(() =>
        (
          document.querySelector('rivulet-chat') as unknown as { newConversation(): Promise<void> }
        ).newConversation(),
      );
    await first.ask(greeting);
    await first.waitForText(greeting);
    await first.waitForIdle();
    await second.waitForText(greeting);
    await openNewest(third, greeting);
    for (const { page } of this.chats)
      await page.evaluate(() => {
        globalThis.screenRecorder.shown = { deltasAfterTakeOver: 0, owners: [] };
        globalThis.screenRecorder.frozen = undefined;
      });
    return first.page.evaluate(() => localStorage.getItem('rivulet:demo:conversation') ?? '');
  }

  /** What each screen has shown since `begin`. */
  shown(): Promise<Shown[]> {
    return Promise.all(this.chats.map(({ page }) => page.evaluate(() => globalThis.screenRecorder.shown)));
  }

  /** Errors of the pages, without those of connections that were broken on purpose. */
  get errors(): string[] {
    return this.#errors.flatMap(({ all }) => all);
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close();
  }
}

/** Opens the newest conversation from the list in the menu, as a visitor does. */
async function openNewest(chat: ChatOnPage, greeting: string): Promise<void> {
  const { page } = chat;
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('menuitem', { name: 'Conversations' }).click();
  await page.locator('.side-open', { hasText: greeting }).click();
  await chat.waitForText(greeting);
}

/** Resolves when the answer after the first one has so many characters on a page, or has ended. */
export async function waitForLength(page: Page, chars: number): Promise<void> {
  await page.waitForFunction((wanted) => {
    const root = document.querySelector('rivulet-chat')?.shadowRoot;
    const answers = [...(root?.querySelectorAll('[data-role=assistant]') ?? [])].slice(1);
    const hasEnded = root?.querySelector('.scroller')?.getAttribute('aria-busy') === 'false';
    const length = answers.at(-1)?.querySelector('.body')?.textContent.trim().length ?? 0;
    return length >= wanted || (hasEnded && answers.length > 0);
  }, chars);
}

/** Records each frame of a page in which the widget has changed. */
function record(page: Page): Promise<void> {
  return page.evaluate((names) => {
    const recorder: ScreenRecorder = {
      shown: { deltasAfterTakeOver: 0, owners: [] },
      frozen: undefined,
    };
    globalThis.screenRecorder = recorder;
    const root = document.querySelector('rivulet-chat')?.shadowRoot;
    if (root == null) throw new Error('the page has no widget');
    const look = () => {
      const title = root.querySelector('#rivulet-title')?.textContent.trim() ?? '';
      const isNamed = names.includes(title);
      if (isNamed && recorder.shown.owners.at(-1) !== title) recorder.shown.owners.push(title);
      const answers = [...root.querySelectorAll('[data-role=assistant] .body')]
        .map((body) => body.textContent)
        .join('\n');
      if (!isNamed && root.querySelector('#rivulet-queue-notice') === null) recorder.frozen = undefined;
      else {
        if (recorder.frozen !== undefined && recorder.frozen !== answers)
          recorder.shown.deltasAfterTakeOver += 1;
        recorder.frozen = answers;
      }
    };
    let isPlanned = false;
    new MutationObserver(() => {
      if (isPlanned) return;
      isPlanned = true;
      // Between two frames the elements of one change are rendered one after the other, which nobody sees.
      requestAnimationFrame(() => {
        isPlanned = false;
        look();
      });
    }).observe(root, { subtree: true, childList: true, characterData: true });
  }, NAMES);
}
