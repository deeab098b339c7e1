/** The options that a site may set beyond the attributes: one nested object, merged by `configure()`. */
import type { Message, UserPart } from '@rivulet/protocol';

/** The values of the attribute `mode`. */
export const MODES = ['floating', 'inline', 'page'] as const;
/** `floating`: a launcher and a panel over the page. `inline`: a box in the page. `page`: the whole page. */
export type Mode = (typeof MODES)[number];

/** The values of the attribute `theme`. */
export const THEMES = ['auto', 'light', 'dark'] as const;
/** `auto` follows the page, where it has a colour scheme, otherwise the visitor's system. */
export type Theme = (typeof THEMES)[number];

/** Replaces built-in texts by key; see `Strings` in ui/i18n. A nested group is merged. */
export type StringOverrides = Readonly<
  Record<string, string | readonly string[] | Readonly<Record<string, string>>>
>;

/** The values of the attribute `position`. */
export const POSITIONS = ['end', 'start'] as const;
/** The inline side, in reading direction, on which the launcher and its panel are placed. */
export type Position = (typeof POSITIONS)[number];

/** Where the gateway is, and what is measured. */
export interface ConnectionOptions {
  /** The gateway's URL, like the attribute `gateway`. Default: the origin of the loader script, otherwise of the page. */
  gateway?: string;
  /** The site's id, like the attribute `site`. Default: `demo`. */
  site?: string;
  /** Whether `rivulet-first-delta` and `rivulet-timing` are measured and dispatched. Default: false. */
  hasTiming?: boolean;
}

/** The site's own user, if the page knows one. */
export interface IdentityOptions {
  /**
   * The user's signed token, or a function that fetches one and is called again before it expires. Default: an anonymous
   * visitor.
   */
  token?: string | (() => string | Promise<string>);
}

/** Colours and sizes. */
export interface ThemeOptions {
  /** Like the attribute `theme`. Default: auto. */
  scheme?: Theme;
  /** Custom properties without their prefix: `{ accent: '#7a3cff' }` sets `--rivulet-accent`. */
  tokens?: Readonly<Record<string, string>>;
}

/** The button that opens the panel. Only in the mode `floating`. */
export interface LauncherOptions {
  /** Like the attribute `position`. Default: end. */
  position?: Position;
  /** The site's own button, or a selector for it, which replaces the built-in button. */
  element?: Element | string;
  /** Shows no launcher: the site calls `open()` itself. Default: false. */
  isHidden?: boolean;
  /** A sentence beside the launcher until the visitor opens the panel or dismisses it. Never shown on a phone. */
  teaser?: string;
  /** Whether the page's title starts with the number of unread answers. Default: false. */
  hasTitleBadge?: boolean;
  /** Whether a soft sound plays when an answer arrives while the panel is closed or the page hidden. Default: false. */
  hasSound?: boolean;
}

/** The header of the panel. */
export interface HeaderOptions {
  /** The name in the header. */
  title?: string;
  /** The URL of a picture beside the title; the page's Content Security Policy has to allow it. Default: the built-in mark. */
  imageUrl?: string;
}

/** What an empty conversation shows. */
export interface StartOptions {
  /** The heading of an empty conversation. */
  greeting?: string;
  /** The text below the greeting. */
  detail?: string;
  /**
   * Tells the visitor, before the first message, that they talk with an AI; screen readers say it when the panel opens. While a
   * person answers, it says so instead. The EU AI Act asks for it (Article 50). false: the page says so itself. Default: a short sentence.
   */
  aiNotice?: string | false;
  /** Up to four questions that the visitor can send with one click. */
  prompts?: readonly string[];
}

/** The text field. */
export interface ComposerOptions {
  /** The text of the empty field. */
  placeholder?: string;
  /** The length limit of a message, in characters. Default: the gateway's limit. */
  maxChars?: number;
}

/** The built-in actions under a message. */
export const MESSAGE_ACTIONS = ['copy', 'regenerate', 'edit', 'feedback'] as const;
/** One of the built-in actions. */
export type MessageAction = (typeof MESSAGE_ACTIONS)[number];

/** A button that the site adds under messages. */
export interface CustomAction {
  /** Identifies the action; the button carries it as `data-name`. */
  name: string;
  /** The button's label, in the visitor's language. */
  label: string;
  /** Copied into the button; `currentColor` is the colour of the other icons. Default: the label is shown. */
  icon?: Element;
  /** The roles whose messages get the button. Default: answers of the assistant and of the site's team. */
  roles?: readonly Message['role'][];
  /** Called when the visitor presses the button under a complete message. */
  onAct: (message: Message) => unknown;
}

/** Renders a data part. Called again when the part changes; the result replaces the earlier one, null renders nothing. */
export type PartRenderer = (value: unknown, context: { message: Message; locale: string }) => Node | null;

/** How messages are shown. */
export interface MessageOptions {
  /**
   * `anchor`: the sent message moves to the top and the answer grows below it. `follow`: the newest text stays visible.
   * `none`: no automatic scrolling. Default: anchor.
   */
  scrolling?: 'anchor' | 'follow' | 'none';
  /** The actions shown under a message. Default: all. */
  actions?: readonly MessageAction[];
  /** The site's own actions beside them, in this order. */
  customActions?: readonly CustomAction[];
  /** Whether formulas between dollar signs are rendered. Default: false. */
  hasMath?: boolean;
  /**
   * How answers are read. `chat`: a line end is a line break, a line of dashes below text is a rule, two spaces nest in a
   * list, an address may contain spaces. `commonmark`: as CommonMark says. Default: chat.
   */
  markdown?: 'chat' | 'commonmark';
  /** The URL against which relative links of answers are resolved. Default: the page. */
  linkBase?: string;
  /** Origins from which pictures may be loaded; `*` allows any. Default: none, a picture is shown as a link. */
  imageOrigins?: readonly string[];
  /** What a screen reader announces when an answer is complete. Default: text, when it is short. */
  readOut?: 'text' | 'ready';
  /** Renderers by the name of the data part. */
  renderers?: Readonly<Record<string, PartRenderer>>;
}

/** Files that the visitor attaches. */
export interface AttachmentOptions {
  /** Whether files may be attached, where the gateway accepts some. Default: false. */
  isEnabled?: boolean;
  /** Like `accept` of a file input. Default: everything that the gateway accepts. */
  accept?: string;
  /** Bytes per file. Default and upper bound: the gateway's limit. */
  maxBytes?: number;
  /** Files per message. Default: 5. */
  maxFiles?: number;
}

/** The list of earlier conversations. */
export interface HistoryOptions {
  /** Whether the menu offers the list. Default: true. */
  isEnabled?: boolean;
}

/** Consent, and the visitor's rights to their data. */
export interface PrivacyOptions {
  /**
   * Asks for consent first: until the visitor agrees nothing is sent or stored. Calls wait, and reject with `forbidden` if
   * the visitor declines.
   */
  consent?: { text?: string; url?: string };
  /** Whether the visitor may download the stored data about them. Default: true. */
  canExport?: boolean;
  /** Whether the visitor may erase the stored data about them. Default: true. */
  canErase?: boolean;
}

/** A function of the page that the model may call; the gateway's site configuration has to allow it. */
export interface ClientTool {
  /** What the model calls it by; unique in the page. */
  name: string;
  /** Tells the model what it does and when to call it. */
  description: string;
  /** A JSON Schema of the input. */
  parameters: Readonly<Record<string, unknown>>;
  /** Runs in the page. Its return value, awaited, is sent to the model as JSON; a thrown error is sent as its message. */
  handler: (input: unknown) => unknown;
}

/** All options of the element. A group that is absent has its defaults. */
export interface ChatOptions {
  connection?: ConnectionOptions;
  identity?: IdentityOptions;
  theme?: ThemeOptions;
  /** Like the attribute `mode`. Default: floating. */
  mode?: Mode;
  /** A BCP 47 tag, like the attribute `locale`. Default: the page's language, otherwise the visitor's. */
  locale?: string;
  /** Texts that replace the built-in ones, by key. */
  strings?: StringOverrides;
  launcher?: LauncherOptions;
  header?: HeaderOptions;
  start?: StartOptions;
  composer?: ComposerOptions;
  messages?: MessageOptions;
  attachments?: AttachmentOptions;
  history?: HistoryOptions;
  privacy?: PrivacyOptions;
  /** Functions of the page that the model may call; see `tool()`. */
  tools?: readonly ClientTool[];
}

/** Whether the visitor is asked before anything is sent or stored. */
export const asksConsent = ({ privacy }: ChatOptions): boolean => privacy?.consent !== undefined;

type Loose<Group> = { [Key in keyof Group]?: Group[Key] | undefined };
/** The argument of `configure()`: any part of the options. undefined restores a default. */
export type OptionsChange = { [Key in keyof ChatOptions]?: Loose<ChatOptions[Key]> | undefined };

/** Where a message comes from: the text field, a prompt or suggestion, a form in an answer, or the page's code. */
export type SendSource = 'composer' | 'prompt' | 'form' | 'api';

/** The hooks that a site can add with `hook()`, by name. */
export interface HookTypes {
  /** Called before a message is sent. Return false to stop it, other parts to replace it, undefined to send it unchanged. */
  'before-send': (detail: {
    parts: readonly UserPart[];
    source: SendSource;
  }) => HookResult<readonly UserPart[] | false>;
  /**
   * Called before a complete message is shown. Return false to hide it, another message to replace it. With such a hook an
   * answer is shown only when it is complete, instead of while it is written.
   */
  'before-render': (detail: { message: Message }) => HookResult<Message | false>;
}
/** The result of a hook, or a promise of it; undefined changes nothing. */
export type HookResult<Result> = Result | undefined | Promise<Result | undefined>;
/** The name of a hook. */
export type HookName = keyof HookTypes;

/** A registered hook. Hooks of one name run in the order of registration. */
export type Hook = { [Name in HookName]: { name: Name; handler: HookTypes[Name] } }[HookName];

const isGroup = (value: unknown): value is Record<string, unknown> =>
  Object.prototype.toString.call(value) === '[object Object]';

/**
 * Returns a copy of `base` with `change` applied: groups are merged, everything else is replaced, undefined restores a
 * default.
 */
export function mergeOptions(base: ChatOptions, change: OptionsChange): ChatOptions {
  // The merged groups have the keys of both, with values of their types.
  return mergeGroups(base as Record<string, unknown>, change);
}

function mergeGroups(base: Record<string, unknown>, change: object): Record<string, unknown> {
  const merged = { ...base };
  for (const [key, value] of Object.entries(change)) {
    const before = merged[key];
    if (value === undefined) Reflect.deleteProperty(merged, key);
    else merged[key] = isGroup(value) ? mergeGroups(isGroup(before) ? before : {}, value) : value;
  }
  return { ...merged }; // a copy has no prototype that a key has set
}
