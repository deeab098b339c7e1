/** Drives examples/playground as a visitor does, and serves pages that contain only a snippet of it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Frame, Locator, Page } from 'playwright';
import { buildAndServe, type ServedPage } from './build-and-serve.ts';
import { startHostPage } from './host-page.ts';
import { startProcess } from './processes.ts';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));

/** The folder of the playground, with a slash at its end. */
export const PLAYGROUND = `${examples}playground/`;

/** The playground on a page. */
export class Playground {
  /** The page of the playground, which contains the preview frame. */
  readonly page: Page;
  /** The element that shows the snippet. */
  readonly code: Locator;
  readonly #frame: Frame;

  private constructor(page: Page, frame: Frame) {
    this.page = page;
    this.code = page.locator('#code');
    this.#frame = frame;
  }

  /** Opens the playground and waits for its widget. @param choices the settings, as in the hash of the page's address */
  static async visit(
    context: BrowserContext,
    url: string,
    choices: Record<string, string>,
  ): Promise<Playground> {
    const page = await context.newPage();
    await page.goto(`${url}#${new URLSearchParams(choices).toString()}`);
    await page.frameLocator('#frame').locator('rivulet-chat').waitFor({ state: 'attached' });
    const frame = page.frames().find((one) => one.url().endsWith('preview.html'));
    if (frame === undefined) throw new Error('the playground has no preview frame with preview.html');
    return new Playground(page, frame);
  }

  /** The page in the preview frame. */
  get frame(): Frame {
    return this.#frame;
  }

  /** Selects a kind of snippet, clicks Copy, and returns the text of the clipboard. @param kind the name of the tab */
  async copy(kind: string): Promise<string> {
    await this.page.getByRole('tab', { name: kind }).click();
    await this.page.getByRole('button', { name: 'Copy', exact: true }).click();
    await this.page.getByText('Copied').waitFor();
    return this.page.evaluate(() => navigator.clipboard.readText());
  }
}

/** A minimal document with this body. */
const pageOf = (body: string): string =>
  `<!doctype html><html lang="en"><title>Mine</title><link rel="icon" href="data:,"><body>${body}</body></html>`;

/** Serves a page with the snippet of a script tag as its body. */
const serveScript = (snippet: string): Promise<ServedPage> => startHostPage({ html: () => pageOf(snippet) });

/** How a snippet becomes a project. */
interface SnippetProject {
  /** The example whose dependencies the project uses. */
  example: string;
  /** The project's files by name. */
  files: (snippet: string) => Record<string, string>;
}

const PROJECTS: Record<string, SnippetProject> = {
  npm: { example: 'playground', files: (snippet) => ({ 'main.ts': snippet }) },
  React: {
    example: 'react',
    files: (snippet) => ({
      'chat.tsx': snippet,
      'main.ts': [
        "import { createElement } from 'react';",
        "import { createRoot } from 'react-dom/client';",
        "import { Chat } from './chat.tsx';",
        'createRoot(document.body).render(createElement(Chat));',
      ].join('\n'),
    }),
  },
};

const CHECK = ['--noEmit', '--strict', '--jsx', 'react-jsx', '--module', 'preserve', '--target', 'es2024'];

/** Writes the snippet into a project of its own, checks it with the TypeScript compiler, builds it and serves it. */
async function serveProject(snippet: string, { example, files }: SnippetProject): Promise<ServedPage> {
  // Below the example's folder, so that its dependencies are resolved.
  const modules = `${examples}${example}/node_modules/.cache/`;
  mkdirSync(modules, { recursive: true });
  const root = `${mkdtempSync(`${modules}snippet-`)}/`;
  const written = {
    'index.html': pageOf('<script type="module" src="/main.ts"></script>'),
    ...files(snippet),
  };
  for (const [name, text] of Object.entries(written)) writeFileSync(root + name, text);
  const check = startProcess([
    'node_modules/typescript7/bin/tsc',
    ...CHECK,
    '--allowImportingTsExtensions',
    '--ignoreConfig',
    `${root}main.ts`,
  ]);
  if ((await check.ended) !== 0) throw new Error(check.lines.join('\n'));
  const served = await buildAndServe(root);
  return {
    url: served.url,
    async close() {
      await served.close();
      rmSync(root, { recursive: true });
    },
  };
}

/** Serves a page that contains the unchanged snippet. @param kind the name of the snippet's tab */
export function serveSnippet(kind: string, snippet: string): Promise<ServedPage> {
  const project = PROJECTS[kind];
  return project === undefined ? serveScript(snippet) : serveProject(snippet, project);
}

/** Describes a widget by its effective settings and its appearance. Two widgets are the same when their descriptions are equal. */
export function describeWidget(page: Page | Frame): Promise<unknown> {
  return page.evaluate(() => {
    const [chat, ...others] = document.querySelectorAll('rivulet-chat');
    const panel = chat?.shadowRoot?.querySelector<HTMLElement>('.panel');
    if (chat === undefined || others.length > 0 || !panel) return 'not one panel';
    const { gateway, site, mode, locale, theme, position } = chat;
    const reflected = new Set([
      'connection.gateway',
      'connection.site',
      'theme.scheme',
      'launcher.position',
      'mode',
      'locale',
    ]);
    // Flat, so that a group without settings is equal to a missing group.
    const flatten = (value: unknown, path: string): [string, unknown][] =>
      Object.prototype.toString.call(value) === '[object Object]'
        ? Object.entries(value as object).flatMap(([name, one]) =>
            flatten(one, path === '' ? name : `${path}.${name}`),
          )
        : reflected.has(path) || value === ''
          ? []
          : [[path, value]];
    const { direction, backgroundColor, fontFamily, borderRadius } = getComputedStyle(panel);
    return {
      settings: { gateway, site, mode, locale, theme, position },
      options: Object.fromEntries(flatten(chat.options, '').sort()),
      tokens: [...chat.style].sort().map((name) => [name, chat.style.getPropertyValue(name)]),
      words: [...panel.querySelectorAll<HTMLElement>('h2, button, textarea, p')].map((one) =>
        [one.innerText, one.ariaLabel, one.getAttribute('placeholder')].join(' ').replace(/\s+/g, ' '),
      ),
      look: { direction, backgroundColor, fontFamily, borderRadius },
    };
  });
}
