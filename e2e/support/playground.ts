/** examples/playground as a person works it, and pages that have nothing but a snippet of it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Frame, Locator, Page } from 'playwright';
import { buildAndServe, type Served } from './build-and-serve.ts';
import { startHostPage } from './host-page.ts';
import { startProcess } from './processes.ts';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));

export const PLAYGROUND = `${examples}playground/`;

export class Playground {
  readonly page: Page;
  readonly code: Locator;
  readonly #frame: Frame;

  private constructor(page: Page, frame: Frame) {
    this.page = page;
    this.code = page.locator('#code');
    this.#frame = frame;
  }

  /** @param choices as in its address */
  static async visit(
    context: BrowserContext,
    url: string,
    choices: Record<string, string>,
  ): Promise<Playground> {
    const page = await context.newPage();
    await page.goto(`${url}#${new URLSearchParams(choices).toString()}`);
    await page.frameLocator('#frame').locator('rivulet-chat').waitFor({ state: 'attached' });
    const frame = page.frames().find((one) => one.url().endsWith('preview.html'));
    if (frame === undefined) throw new Error('there is no page in the frame');
    return new Playground(page, frame);
  }

  /** The page in the frame. */
  get frame(): Frame {
    return this.#frame;
  }

  /** Presses the button, and reads what is in the clipboard then. */
  async copy(kind: string): Promise<string> {
    await this.page.getByRole('tab', { name: kind }).click();
    await this.page.getByRole('button', { name: 'Copy', exact: true }).click();
    await this.page.getByText('Copied').waitFor();
    return this.page.evaluate(() => navigator.clipboard.readText());
  }
}

/** A page with nothing but this in it. */
const pageOf = (body: string): string =>
  `<!doctype html><html lang="en"><title>Mine</title><link rel="icon" href="data:,"><body>${body}</body></html>`;

/** A page that has a script tag's snippet in its body, and no more. */
const serveScript = (snippet: string): Promise<Served> => startHostPage({ html: () => pageOf(snippet) });

interface Project {
  /** Whose dependencies it has. */
  example: string;
  files: (snippet: string) => Record<string, string>;
}

const PROJECTS: Record<string, Project> = {
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

/** A project of its own that has the snippet in a file: checked by the compiler, built and served. */
async function serveProject(snippet: string, { example, files }: Project): Promise<Served> {
  // Below the example's modules, which it is to find.
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

/** The snippet on a page, as it is. @param kind the name of its tab */
export function serveSnippet(kind: string, snippet: string): Promise<Served> {
  const project = PROJECTS[kind];
  return project === undefined ? serveScript(snippet) : serveProject(snippet, project);
}

/** What makes one widget the same as another: its settings as they count, and what is seen of it. */
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
    // Flat, so that a group without a word in it counts as none.
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
