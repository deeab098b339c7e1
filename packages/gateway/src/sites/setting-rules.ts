/** Which settings of a site people may read and edit while it is served. What is not listed here is neither shown nor edited. */
import type { NotifySettings } from '../mail/settings.ts';
import type { RequestSettings } from '../providers/request-settings.ts';
import type { KnowledgeSettings } from '../knowledge/settings.ts';
import type { DeskSettings } from './desk-settings.ts';
import type { Site } from './sites.ts';

/** What may be done with a setting. */
export interface SettingRule {
  /** The least role that reads its value. `nobody`: it may be secret or is code, so that only its being set is shown. */
  readers: 'viewer' | 'agent' | 'admin' | 'nobody';
  /** Whether an admin may edit it while the site is served. */
  isEditable: boolean;
}

const rule = (readers: SettingRule['readers'], change: 'edited' | 'fixed'): SettingRule => ({
  readers,
  isEditable: change === 'edited',
});
/** What the pages of the site show to everybody, and what an agent works with. */
const PUBLIC = rule('viewer', 'edited');
const DESK = rule('agent', 'edited');
/** How the model is told to answer, and what holds visitors back: whoever knows it gets around it. */
const INNER = rule('admin', 'edited');
const INNER_FIXED = rule('admin', 'fixed');
/** It may hold keys, or it is code. */
const HIDDEN = rule('nobody', 'fixed');

const same = <Path extends string>(paths: readonly Path[], of: SettingRule): Record<Path, SettingRule> =>
  // Object.fromEntries forgets the keys.
  Object.fromEntries(paths.map((path) => [path, of])) as Record<Path, SettingRule>;

/** Settings with settings of their own are listed by these. */
type Group =
  'request' | 'knowledge' | 'notify' | 'proofOfWork' | 'rateLimits' | 'budgets' | 'desk' | 'widget';

/** A new setting of a site or of a request does not compile without a row. */
const OF_SITE: Readonly<
  Record<
    | Exclude<keyof Site, 'id' | Group>
    | `request.${keyof RequestSettings}`
    | `desk.${keyof DeskSettings}`
    | `knowledge.${keyof KnowledgeSettings}`
    | `notify.${keyof NotifySettings}`,
    SettingRule
  >
> = {
  // Who is let in, where data goes and how long it stays, and what is code: for whoever configures the service.
  origins: rule('viewer', 'fixed'),
  requireIdentity: rule('viewer', 'fixed'),
  retentionDays: rule('viewer', 'fixed'),
  allowClientTools: INNER_FIXED,
  fileTypes: INNER_FIXED,
  'notify.to': INNER_FIXED,
  'notify.events': INNER_FIXED,
  'notify.whenQueued': INNER_FIXED,
  whenUnwatched: INNER_FIXED,
  whenInterrupted: INNER_FIXED,
  reattach: INNER_FIXED,
  provider: HIDDEN,
  moderation: HIDDEN,
  tools: HIDDEN,
  disabled: PUBLIC,
  // It is shown beside each answer.
  model: PUBLIC,
  systemPrompt: INNER,
  maxAnswerChars: INNER,
  whenBusy: INNER,
  'request.temperature': INNER,
  'request.topP': INNER,
  'request.maxTokens': INNER,
  'request.maxCompletionTokens': INNER,
  'request.reasoningEffort': INNER,
  'request.reasoningSummary': INNER,
  'request.systemRole': INNER,
  'request.contextWindowTokens': INNER,
  'request.builtInTools': HIDDEN,
  'request.extraBody': HIDDEN,
  'request.extraHeaders': HIDDEN,
  // Addresses of the operator's network may be among them.
  'knowledge.sources': INNER_FIXED,
  'knowledge.refreshAt': INNER_FIXED,
  'knowledge.strict': INNER_FIXED,
  'knowledge.maxPieces': INNER_FIXED,
  'desk.hours': DESK,
  'desk.capacity': DESK,
  'desk.assign': DESK,
  'desk.firstResponseMinutes': DESK,
  'desk.nextResponseMinutes': DESK,
  'desk.requestPersonTool': DESK,
  'desk.whenNothingFound': DESK,
  'desk.drafts': DESK,
  'desk.cannedReplies': DESK,
};

const each = <Prefix extends string, Name extends string>(
  prefixes: readonly Prefix[],
  names: readonly Name[],
) => prefixes.flatMap((prefix) => names.map((name): `${Prefix}.${Name}` => `${prefix}.${name}`));

const LIMITS = [
  ...each(['budgets.visitor', 'budgets.user', 'budgets.site'], ['tokensPerDay', 'moneyPerDay']),
  ...each(
    ['rateLimits.visitor', 'rateLimits.address', 'rateLimits.site'],
    ['messagesPerMinute', 'runsAtOnce'],
  ),
  ...each(['rateLimits.address', 'rateLimits.site'], ['newVisitorsPer10Minutes']),
  ...each(['rateLimits.visitor', 'rateLimits.site'], ['connections']),
  ...each(['rateLimits.visitor'], ['conversations', 'keptBytes']),
];
/** The texts of a site, which each language may have for itself. */
const TEXTS = [
  ...each(['start'], ['greeting', 'detail', 'aiNotice', 'prompts']),
  ...['header.title', 'composer.placeholder', 'launcher.teaser'],
];
const WIDGET_OPTIONS = [
  ...['locale', 'theme.scheme', 'composer.maxChars', 'history.isEnabled'],
  ...each(['launcher'], ['position', 'isHidden', 'hasTitleBadge', 'hasSound']),
  ...each(['messages'], ['scrolling', 'actions', 'hasMath', 'markdown', 'readOut']),
  ...each(['attachments'], ['isEnabled', 'accept', 'maxBytes', 'maxFiles']),
  ...each(['privacy'], ['canExport', 'canErase']),
];
/** What visitors have consented to, and from where their browsers load what. Everybody sees it in the page. */
const WIDGET_FIXED = [
  ...['strings', 'header.imageUrl', 'messages.linkBase', 'messages.imageOrigins'],
  ...['privacy.consent.text', 'privacy.consent.url'],
];

const RULES = new Map<string, SettingRule>(
  Object.entries({
    ...OF_SITE,
    ...same(LIMITS, INNER),
    ...same(each(['proofOfWork'], ['when', 'difficulty', 'expiresAfterMs']), INNER_FIXED),
    // `off`, in place of the budgets or of whom a mail tells.
    ...same(['budgets', 'notify'], INNER_FIXED),
    ...same(each(['widget'], [...TEXTS, ...WIDGET_OPTIONS]), PUBLIC),
    ...same(each(['widget'], WIDGET_FIXED), rule('viewer', 'fixed')),
  }),
);

const OF_LANGUAGE = /^widget\.locales\.[A-Za-z0-9-]{1,35}\.(.+)$/;
const TOKEN = /^widget\.theme\.tokens\.[a-z-]{1,40}$/;

/** The rule of a setting by its path; undefined for what is neither shown nor edited. */
export function ruleOf(path: string): SettingRule | undefined {
  if (TOKEN.test(path)) return PUBLIC;
  const ofLanguage = OF_LANGUAGE.exec(path)?.[1];
  if (ofLanguage === undefined) return RULES.get(path);
  if (TEXTS.includes(ofLanguage)) return PUBLIC;
  return WIDGET_FIXED.includes(ofLanguage) ? RULES.get(`widget.${ofLanguage}`) : undefined;
}

/** Whether an admin may edit the setting. */
export const isEditable = (path: string): boolean => ruleOf(path)?.isEditable === true;

/** The editable settings with a name of their own: texts of languages and tokens of the theme are more. */
export const EDITABLE: readonly string[] = [...RULES].flatMap(([path, { isEditable: may }]) =>
  may ? [path] : [],
);
