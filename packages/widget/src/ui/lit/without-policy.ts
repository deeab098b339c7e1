/**
 * Lit makes a Trusted Types policy while it loads, and fails where a page allows none. While Lit loads, in this one
 * task, it does not find Trusted Types, and gets a template parser that needs none. Must be imported before Lit.
 */
import { parseTemplate } from './template-parser.ts';

type Hook = (template: { createElement: (html: string) => HTMLTemplateElement }) => void;

/** Names that Lit reads; the last two are its own door for those who make templates otherwise, and leave nothing behind. */
const before = ['trustedTypes', 'litHtmlPolyfillSupport', 'litHtmlPolyfillSupportDevMode'].map(
  (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
);

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

if (before[0]?.[1]?.configurable === true && takesAnyAttributeName()) {
  const hook: Hook = (template) => {
    template.createElement = parseTemplate;
  };
  for (const [name] of before)
    Object.defineProperty(globalThis, name, {
      value: name === 'trustedTypes' ? undefined : hook,
      configurable: true,
    });
}

/** Puts the page back as it was. @returns what it is given, so that no bundler takes this file for unused */
export function afterLit<Value>(value: Value): Value {
  for (const [name, property] of before)
    if (property === undefined) Reflect.deleteProperty(globalThis, name);
    else Object.defineProperty(globalThis, name, property);
  return value;
}
