/** What the gateway sets for the widget of a site. What the page sets itself counts more. */
import { mergeOptions, type ChatOptions } from './options.ts';
import type { RivuletChat } from './rivulet-chat.ts';
import type { AttributeName } from './settings.ts';

/** What a gateway sets for the widget of one of its sites: the answer of `GET /rivulet/site.json?site=…`. */
export interface SiteOptions {
  /** The id of the site. */
  site: string;
  /** Attributes of elements that do not have them. */
  attributes?: Readonly<Partial<Record<AttributeName, string>>>;
  /** Custom properties without their prefix. Every rule of the page counts more. */
  tokens?: Readonly<Record<string, string>>;
  /** Options that the page does not set. */
  options?: ChatOptions;
  /** Options for visitors of one language, which count more. The keys are BCP 47 tags in lower case. */
  locales?: Readonly<Record<string, ChatOptions>>;
}

/** What `applySite` needs of the class of the elements, which may be that of another copy of the widget. */
export interface SiteTarget {
  /** @see RivuletChat.withSite */
  withSite: WithSite;
}
interface WithSite {
  (chat: RivuletChat, own: ChatOptions): ChatOptions;
  /** What was applied, by the id of the site; what was applied last also without an id, for elements that name none. */
  sites?: Map<string, SiteOptions>;
}

/**
 * Applies what a gateway sets to the elements of its site, from their next refresh on. An element without the attribute `site` is of
 * the site that was applied last. Scripts may run again on the same page: what they apply replaces what there is for the site.
 */
export function applySite(target: SiteTarget, given: SiteOptions): void {
  const { sites = new Map<string, SiteOptions>() } = target.withSite;
  sites.set(given.site, given).set('', given);
  if (target.withSite.sites === undefined) target.withSite = Object.assign(createLayer(sites), { sites });
}

/** What is in effect on an element. */
interface Dressed {
  given: SiteOptions | undefined;
  /** Those that were set here. */
  attributes: Map<string, string>;
  sheet: CSSStyleSheet;
}

function createLayer(sites: ReadonlyMap<string, SiteOptions>): WithSite {
  const dressed = new WeakMap<RivuletChat, Dressed>();
  return (chat, own) => {
    const given = sites.get(chat.getAttribute('site') ?? '');
    // An element that is not in a page yet may still get attributes of its page.
    if (chat.isConnected) {
      const state = dressed.get(chat) ?? addSheet(chat);
      dressed.set(chat, state);
      dress(chat, state, given);
    }
    const { options = {}, locales = {} } = given ?? {};
    const tag = chat.locale.toLowerCase().replaceAll('_', '-');
    const texts = locales[tag] ?? locales[tag.replace(/-.*/, '')] ?? {};
    return mergeOptions(mergeOptions(options, texts), own);
  };
}

function addSheet({ shadowRoot }: RivuletChat): Dressed {
  const sheet = new CSSStyleSheet();
  shadowRoot?.adoptedStyleSheets.push(sheet);
  return { given: undefined, attributes: new Map(), sheet };
}

/**
 * Sets the custom properties, in place of those of another site, and the attributes that the element does not have, also after the page
 * has removed them. Each change of an attribute leads here again, so the state is written first.
 */
function dress(chat: RivuletChat, state: Dressed, given: SiteOptions | undefined): void {
  if (given !== state.given) {
    const former = [...state.attributes];
    state.given = given;
    state.attributes.clear();
    setTokens(state.sheet, given?.tokens);
    for (const [name, value] of former) if (chat.getAttribute(name) === value) chat.removeAttribute(name);
  }
  if (given === undefined) return;
  for (const [name, value] of Object.entries({ ...given.attributes, site: given.site })) {
    if (chat.hasAttribute(name)) continue;
    state.attributes.set(name, value);
    chat.setAttribute(name, value);
  }
}

/**
 * Writes the custom properties to a sheet of the shadow root: rules of the page, and properties that it sets on the element, count
 * more. They are set one by one, so that no value can add a rule.
 */
function setTokens(sheet: CSSStyleSheet, tokens: Readonly<Record<string, string>> = {}): void {
  sheet.replaceSync(':host{}');
  const { style } = sheet.cssRules[0] as CSSStyleRule; // the rule that was just written
  for (const [name, value] of Object.entries(tokens)) style.setProperty(`--rivulet-${name}`, value);
}
