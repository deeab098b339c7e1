/**
 * Lit makes a Trusted Types policy while it loads, and fails where a page allows none. While Lit loads, in this one
 * task, it does not find Trusted Types, and gets a template parser that needs none. Must be imported before Lit.
 */
import { parseTemplate } from './template-parser.ts';

interface LitHooks {
  /** Lit's own door for those who make templates otherwise. @see lit-html: litHtmlPolyfillSupport */
  litHtmlPolyfillSupport?: Hook | undefined;
  litHtmlPolyfillSupportDevMode?: Hook | undefined;
}
type Hook = (template: { createElement: (html: string) => HTMLTemplateElement }) => void;

const page = globalThis as typeof globalThis & LitHooks; // names that Lit reads, unknown to the DOM's types
const trustedTypes = Object.getOwnPropertyDescriptor(page, 'trustedTypes');
const hooks: LitHooks = {
  litHtmlPolyfillSupport: page.litHtmlPolyfillSupport,
  litHtmlPolyfillSupportDevMode: page.litHtmlPolyfillSupportDevMode,
};

/** Browsers from before 2025 refuse Lit's attribute names in `setAttribute`; there Lit works as it comes. */
function takesAnyAttributeName(): boolean {
  try {
    document.createElement('i').setAttribute('@a$', '');
    return true;
  } catch {
    // The very answer that was asked for.
    return false;
  }
}

if (trustedTypes?.configurable === true && takesAnyAttributeName()) {
  const hook: Hook = (template) => {
    template.createElement = parseTemplate;
  };
  Object.defineProperty(page, 'trustedTypes', { value: undefined, configurable: true });
  page.litHtmlPolyfillSupport = hook;
  page.litHtmlPolyfillSupportDevMode = hook;
}

/** Puts the page back as it was. @returns what it is given, so that no bundler takes this file for unused */
export function afterLit<Value>(value: Value): Value {
  if (trustedTypes !== undefined) Object.defineProperty(page, 'trustedTypes', trustedTypes);
  Object.assign(page, hooks);
  return value;
}
