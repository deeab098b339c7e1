/**
 * Lit creates a Trusted Types policy while it loads, and fails on pages that allow none. This module hides Trusted
 * Types while Lit loads, within one task, and makes Lit use a template parser that needs no policy. It must be imported
 * before Lit.
 */
import { parseTemplate } from './template-parser.ts';

type Hook = (template: { createElement: (html: string) => HTMLTemplateElement }) => void;

/** Globals that Lit reads while it loads. The last two are its hooks for polyfills. */
const READ = ['trustedTypes', 'litHtmlPolyfillSupport', 'litHtmlPolyfillSupportDevMode'];
/** A global that Lit leaves behind. With it, a Lit of the page's own would warn about ours. */
const WRITTEN = 'litHtmlVersions';
const before = [...READ, WRITTEN].map(
  (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
);

/** Browsers before 2025 reject Lit's attribute names in `setAttribute`; there Lit is used unchanged. */
function takesAnyAttributeName(): boolean {
  try {
    document.createElement('i').setAttribute('@a$', '');
    return true;
  } catch {
    // The exception is the result of the check.
    return false;
  }
}

if (before[0]?.[1]?.configurable === true && takesAnyAttributeName()) {
  const hook: Hook = (template) => {
    template.createElement = parseTemplate;
  };
  for (const name of READ)
    Object.defineProperty(globalThis, name, {
      value: name === 'trustedTypes' ? undefined : hook,
      configurable: true,
    });
}

/**
 * Restores the globals of the page.
 * @returns its argument; the use of the result keeps bundlers from dropping this module
 */
export function afterLit<Value>(value: Value): Value {
  for (const [name, property] of before)
    if (property === undefined) Reflect.deleteProperty(globalThis, name);
    else Object.defineProperty(globalThis, name, property);
  return value;
}
