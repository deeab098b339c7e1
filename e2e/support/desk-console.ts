/** A gateway with a desk, and people who sign in to its console in browsers of their own. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright';
import { watchPageErrors, type PageErrors } from './browser.ts';
import { ask, greet } from './protocol-visitor.ts';

const tokenOf = (name: string) => `the token of ${name}, which nobody else has`;
const USERS = [
  { name: 'ada', displayName: 'Ada Lovelace', role: 'agent' },
  { name: 'bob', displayName: 'Bob', role: 'agent' },
  { name: 'cleo', displayName: 'Cleo', role: 'admin' },
  { name: 'vera', role: 'viewer' },
] as const;
/** The name of one of the users. Vera only reads. */
export type DeskUser = (typeof USERS)[number]['name'];

/** Writes a configuration with the users and a desk. @returns the command-line arguments that name it */
export function deskConfiguration(dataPath: string): string[] {
  const file = join(dataPath, 'config.json');
  const adminUsers = USERS.map((user) => ({
    ...user,
    tokenHash: createHash('sha256').update(tokenOf(user.name)).digest('hex'),
  }));
  const desk = {
    ...{ firstResponseMinutes: 5, nextResponseMinutes: 15, drafts: true },
    cannedReplies: [
      { title: 'Opening hours', text: 'We are here from 9 to 17.' },
      { title: 'Returns', text: 'Send it back within 30 days.' },
    ],
  };
  writeFileSync(file, JSON.stringify({ adminUsers, sites: [{ id: 'demo', origins: ['*'], desk }] }));
  return ['--config', file];
}

/** The desk in a browser of a person, found by roles and accessible names. */
export class DeskOnPage {
  readonly page: Page;
  readonly errors: PageErrors;
  /** The messages of the conversation that is open. */
  readonly transcript: Locator;
  /** The text field, while the text goes to the visitor. */
  readonly reply: Locator;
  /** The text field, while the text goes to the team. */
  readonly note: Locator;
  /** The conversations of the inbox. */
  readonly rows: Locator;

  private constructor(page: Page) {
    this.page = page;
    this.errors = watchPageErrors(page, /status of (401|404|409)|ERR_/);
    this.transcript = page.locator('console-transcript');
    this.reply = page.getByRole('textbox', { name: 'Reply to the visitor' });
    this.note = page.getByRole('textbox', { name: /^Private note/ });
    this.rows = page.locator('.desk-row');
  }

  /** Opens a page in a context of its own, and signs in unless the context is signed in. */
  static async open(
    browser: Browser,
    { url, user, path = '/admin/desk', options = {} }: DeskOpening,
  ): Promise<DeskOnPage> {
    const page = await (await browser.newContext(options)).newPage();
    page.setDefaultTimeout(15_000);
    const desk = new DeskOnPage(page);
    await page.goto(new URL(path, url).href);
    if (options.storageState === undefined) {
      await page.getByLabel('Token').fill(tokenOf(user));
      await page.getByLabel('Token').press('Enter');
    }
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    return desk;
  }

  /** Opens a conversation of the inbox by its title. */
  async openConversation(title: string): Promise<void> {
    await this.rows.filter({ hasText: title }).click();
    await this.page.getByRole('heading', { name: title }).waitFor();
    await this.transcript.getByText(title).first().waitFor();
  }

  /** Presses a button by its name. */
  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  /** What the page reads out now. */
  announced(): Promise<string | null> {
    return this.page.locator('#console + [role=status]').textContent();
  }

  /** The violated rules of axe, each with its elements. */
  async violations(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    return this.page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(); // defined above
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
    });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** Who signs in where. */
export interface DeskOpening {
  /** Of the gateway. */
  url: string;
  user: DeskUser;
  path?: string;
  options?: BrowserContextOptions;
}

/** The desks that a test opens. */
export class Desks {
  readonly #browser: Browser;
  readonly #url: () => string;
  readonly #open: DeskOnPage[] = [];
  /** By gateway and user: nobody may sign in more than ten times a minute. */
  readonly #sessions = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>();

  /** @param url that of the gateway */
  constructor(browser: Browser, url: () => string) {
    this.#browser = browser;
    this.#url = url;
  }

  /** Opens the desk of somebody. */
  async open(user: DeskUser, more: Partial<DeskOpening> = {}): Promise<DeskOnPage> {
    const opening = { url: this.#url(), user, ...more };
    const key = `${opening.url} ${user}`;
    const storageState = this.#sessions.get(key);
    const options = { ...more.options, ...(storageState === undefined ? {} : { storageState }) };
    const desk = await DeskOnPage.open(this.#browser, { ...opening, options });
    this.#sessions.set(key, await desk.page.context().storageState());
    this.#open.push(desk);
    return desk;
  }

  /** Closes all of them. @returns the errors of their pages */
  async close(): Promise<string[]> {
    const closing = this.#open.splice(0);
    for (const desk of closing) await desk.close();
    return closing.flatMap((desk) => desk.errors.all);
  }
}

/** A visitor without a browser, who has an answer and then asks for a person. */
export async function queue(url: string, question: string) {
  const { client } = await greet(url);
  const { conversationId } = ask(client, question);
  await client.received('run-finished');
  await client.answer(client.send({ type: 'request-person', conversationId }));
  return { client, conversationId, say: (text: string) => ask(client, text, conversationId) };
}
