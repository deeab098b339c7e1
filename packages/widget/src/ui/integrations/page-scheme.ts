/**
 * The colour scheme of the theme `auto`: that of the page, where the page has one, otherwise the visitor's. Follows the page when it
 * changes. Loaded after the application is mounted.
 */
import type { AppHost } from '../../shell/app-contract.ts';

/** A colour scheme that is not left to the system. */
export type Scheme = 'light' | 'dark';

/** What the styles of the element say when the page says nothing about it. */
const OWN_DEFAULT = 'light dark';
/** Class names such as `dark`, `dark-mode`, `theme-dark` and `v-theme--dark`; not `bg-dark`, which is a colour. */
const CLASS = /^(?:(?:[\w-]*(?:theme|mode|scheme|palette)|is)--?)?(light|dark)(?:-(?:mode|theme|scheme))?$/i;
/** Attributes such as `data-theme`, `data-bs-theme`, `data-color-mode`; not `data-dark-theme`, which names the theme of that scheme. */
const ATTRIBUTE = /^(?!.*(?:light|dark)).*(?:theme|scheme|mode)$/;
/** Values such as `dark` and `github-dark`; not `auto` or `highlight`. */
const VALUE = /(?:^|[^a-z])(light|dark)(?:$|[^a-z])/i;

/**
 * The scheme that the page gives an element, in this order: the CSS property `color-scheme`, the marks that frameworks put on an
 * ancestor (class or attribute), `<meta name="color-scheme">`. @returns undefined when the page leaves it to the system
 */
export function schemeOfPage(element: Element): Scheme | undefined {
  const own = getComputedStyle(element).colorScheme;
  const parent = parentOf(element) ?? document.documentElement;
  const declared = own === OWN_DEFAULT ? getComputedStyle(parent).colorScheme : own;
  const meta = document.querySelector('meta[name="color-scheme"]')?.getAttribute('content') ?? '';
  return onlyOf(declared) ?? markOf(parent) ?? (declared === 'normal' ? onlyOf(meta) : undefined);
}

/** The scheme, if the list names only one of the two. */
function onlyOf(list: string): Scheme | undefined {
  const [only, ...others] = list
    .split(/[\s,]+/)
    .flatMap((word) => schemeIn(/^(light|dark)$/.exec(word)) ?? []);
  return others.length === 0 ? only : undefined;
}

function markOf(node: Element | undefined): Scheme | undefined {
  if (node === undefined) return undefined;
  for (const name of node.classList) {
    const scheme = schemeIn(CLASS.exec(name));
    if (scheme !== undefined) return scheme;
  }
  for (const { name, value } of node.attributes) {
    const scheme = ATTRIBUTE.test(name) ? schemeIn(VALUE.exec(value)) : undefined;
    if (scheme !== undefined) return scheme;
  }
  return markOf(parentOf(node));
}

const schemeIn = (match: RegExpExecArray | null): Scheme | undefined =>
  match === null ? undefined : match[1]?.toLowerCase() === 'dark' ? 'dark' : 'light';

function parentOf(node: Element): Element | undefined {
  const root = node.getRootNode();
  return node.parentElement ?? (root instanceof ShadowRoot ? root.host : undefined);
}

/** Keeps the widget in the scheme of its page. `close()` ends that. */
export class PageScheme {
  readonly #element: HTMLElement;
  readonly #root: ShadowRoot;
  readonly #sheet = new CSSStyleSheet();
  readonly #observer = new MutationObserver(() => {
    this.#plan();
  });
  readonly #media = matchMedia('(prefers-color-scheme: dark)');
  #frame = 0;

  constructor({ element, root }: Pick<AppHost, 'element' | 'root'>) {
    this.#element = element;
    this.#root = root;
    root.adoptedStyleSheets.push(this.#sheet);
    // Style sheets that are added, removed or switched off.
    this.#observer.observe(document.head, { childList: true, subtree: true, attributes: true });
    for (let node: Element | undefined = element; node !== undefined; node = parentOf(node))
      this.#observer.observe(node, { attributes: true });
    this.#media.addEventListener('change', this.#plan);
    this.#show();
  }

  /** Leaves the scheme to the system. May be called twice. */
  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#observer.disconnect();
    this.#media.removeEventListener('change', this.#plan);
    this.#root.adoptedStyleSheets = this.#root.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
  }

  /** At most once a frame: some pages write to the style of their root with every step of a scroll. */
  readonly #plan = (): void => {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(this.#show);
  };

  readonly #show = (): void => {
    const theme = this.#element.getAttribute('theme');
    const scheme = theme === 'light' || theme === 'dark' ? undefined : schemeOfPage(this.#element);
    // On the children, so that the computed style of the element still tells what the page says about it.
    const rule = scheme === undefined ? '' : `:host > * { color-scheme: ${scheme} !important; }`;
    if (this.#sheet.cssRules.length > 0 || rule !== '') this.#sheet.replaceSync(rule);
  };
}
