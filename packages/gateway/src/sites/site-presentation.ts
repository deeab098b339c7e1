/** What the gateway tells the widget about a site: its settings, in the form that the widget applies. */
import type { Site } from './sites.ts';
import type { WidgetSettings, WidgetTexts } from './widget-settings.ts';

/** The body of `/rivulet/site.json`, and what `/rivulet.js?site=…` carries. `SiteOptions` of the widget has the same shape. */
export interface SitePresentation {
  /** The id of the site. */
  site: string;
  /** Attributes of an element that does not have them. */
  attributes?: Readonly<Record<string, string>>;
  /** Custom properties without their prefix. */
  tokens?: Readonly<Record<string, string>>;
  /** Options of the widget. */
  options?: object;
  /** Options by language, with tags in lower case. */
  locales?: Readonly<Record<string, object>>;
}

/** The presentation of a site. It is public: whoever knows the id may read it. */
export function presentationOf({ id, widget = {} }: Pick<Site, 'id' | 'widget'>): SitePresentation {
  const { locale, locales = {}, theme = {}, launcher: { position, ...launcher } = {}, ...others } = widget;
  const attributes = defined({ locale, theme: theme.scheme, position });
  return compact({
    site: id,
    attributes,
    tokens: theme.tokens ?? {},
    options: withStrings({ ...others, launcher }),
    locales: localesOf(locales),
  });
}

/** A tag with a region also stands for its language, unless the language has texts of its own. */
function localesOf(locales: Readonly<Record<string, WidgetTexts>>): Record<string, object> {
  const all = Object.entries(locales).map(([tag, texts]) => [tag.toLowerCase(), withStrings(texts)] as const);
  const languages = all.map(([tag, texts]) => [tag.replace(/-.*/, ''), texts] as const).reverse();
  return Object.fromEntries([...languages, ...all]);
}

/**
 * Texts that have two names get the one that the widget looks at last. Otherwise the title of the site would count more than the text
 * `title` of the page, and a general title more than one in the visitor's language.
 */
function withStrings(settings: Omit<WidgetSettings, 'locale' | 'locales' | 'theme'>): object {
  const { header: { title, ...header } = {}, composer: { placeholder, ...composer } = {} } = settings;
  const { start: { greeting, detail, aiNotice, prompts } = {}, strings, ...others } = settings;
  const notice = aiNotice === false ? '' : aiNotice;
  const named = { title, greeting, greetingDetail: detail, prompts, aiNotice: notice, placeholder };
  return compact({ ...others, header, composer, strings: { ...strings, ...defined(named) } });
}

/** Without undefined values. */
const defined = <Value>(object: Readonly<Record<string, Value | undefined>>): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(object).filter((entry): entry is [string, Value] => entry[1] !== undefined),
  );

/** Without undefined values and empty groups; other empty objects mean something. */
const GROUPS = ['attributes', 'tokens', 'options', 'locales', 'strings', 'header', 'composer', 'launcher'];
function compact<Value extends object>(object: Value): Value {
  const entries = Object.entries(object).filter(
    ([key, value]) =>
      value !== undefined && !(GROUPS.includes(key) && Object.keys(value as object).length === 0),
  );
  return Object.fromEntries(entries) as Value; // what is left out is optional
}
