/** Loads what follows the colour scheme of the page, where the page has one: most pages leave it to the system. */
import type { AppHost } from '../../shell/app-contract.ts';
import type { PageScheme } from './page-scheme.ts';

const SCHEME = /light|dark/i;

/** Watches the page for the first sign of a scheme of its own. @returns a function that ends everything that was loaded */
export function followPageScheme(host: AppHost): () => void {
  let isClosed = false;
  let scheme: PageScheme | undefined;
  const look = (): void => {
    if (!hasSign(host.element)) return;
    observer.disconnect();
    import('./page-scheme.ts').then(
      (module) => {
        if (!isClosed) scheme = new module.PageScheme(host);
      },
      () => undefined, // the colours stay those of the system
    );
  };
  const observer = new MutationObserver(look);
  observer.observe(document.head, { childList: true, subtree: true, attributes: true });
  for (const node of ancestorsOf(host.element)) observer.observe(node, { attributes: true });
  look();
  return () => {
    isClosed = true;
    observer.disconnect();
    scheme?.close();
  };
}

/** May be wrong in one way only: a sign that means nothing loads the code that tells. */
function hasSign(element: Element): boolean {
  const ancestors = ancestorsOf(element);
  const meta = document.querySelector('meta[name="color-scheme"]')?.getAttribute('content') ?? '';
  return (
    // A page that names both leaves the choice to the system.
    meta.includes('light') !== meta.includes('dark') ||
    ancestors.some((node) => [...node.attributes].some(({ value }) => SCHEME.test(value))) ||
    // The styles of the element itself say `light dark`, unless the page or the theme says otherwise.
    [getComputedStyle(element), getComputedStyle(ancestors[1] ?? element)].some(
      ({ colorScheme }) => !/^(normal|light dark)$/.test(colorScheme),
    )
  );
}

/** The element and those around it, out of shadow roots too. */
function ancestorsOf(element: Element): Element[] {
  const root = element.getRootNode();
  const parent = element.parentElement ?? (root instanceof ShadowRoot ? root.host : undefined);
  return parent === undefined ? [element] : [element, ...ancestorsOf(parent)];
}
