/** What a site may set beyond the attributes: one nested object, changed by `configure()`, which merges. */
import type { Message, UserPart } from '@rivulet/protocol';

export const MODES = ['floating', 'inline', 'page'] as const;
/** `floating`: a launcher and a panel over the page. `inline`: a box in it. `page`: all of it. */
export type Mode = (typeof MODES)[number];

export const THEMES = ['auto', 'light', 'dark'] as const;
/** `auto` follows the visitor's system, or the page's own `color-scheme`. */
export type Theme = (typeof THEMES)[number];

/** Replaces built-in texts by key; see `Strings` in ui/strings/en.ts. A nested group is merged. */
export type StringOverrides = Readonly<
  Record<string, string | readonly string[] | Readonly<Record<string, string>>>
>;

/** Which end of the line, in the direction of reading, the launcher and its panel keep to. */
export const POSITIONS = ['end', 'start'] as const;
export type Position = (typeof POSITIONS)[number];

export interface ConnectionOptions {
  /** As the attribute `gateway`. */
  gateway?: string;
  /** As the attribute `site`. */
  site?: string;
  /** Whether `rivulet-first-delta` and `rivulet-timing` are measured and told. Default: false. */
  hasTiming?: boolean;
}

export interface IdentityOptions {
  /** The signed token of the person who uses the page, or a function that fetches one; asked again before it ends. */
  token?: string | (() => string | Promise<string>);
}

export interface ThemeOptions {
  /** As the attribute `theme`. */
  scheme?: Theme;
  /** Custom properties without their prefix: `{ accent: '#7a3cff' }` sets `--rivulet-accent`. */
  tokens?: Readonly<Record<string, string>>;
}

export interface LauncherOptions {
  /** As the attribute `position`. */
  position?: Position;
  /** The site's own button, or a selector for it: it opens and closes the panel in place of ours. */
  element?: Element | string;
  /** Neither ours nor another: the site calls `open()`. */
  isHidden?: boolean;
  /** A sentence beside the launcher until the visitor opens the panel or dismisses it. Never on a phone. */
  teaser?: string;
  /** The number of unread answers in front of the page's title. Default: false. */
  hasTitleBadge?: boolean;
  /** A soft sound when an answer arrives while the panel is closed or the page hidden. Default: false. */
  hasSound?: boolean;
}

export interface HeaderOptions {
  /** The name in the header. */
  title?: string;
  /** An address of a picture beside the title; the page's policy has to allow it. Default: the mark. */
  imageUrl?: string;
}

export interface StartOptions {
  /** The first line of an empty conversation. */
  greeting?: string;
  /** The line below it. */
  detail?: string;
  /** Up to four questions offered in an empty conversation. */
  prompts?: readonly string[];
}

export interface ComposerOptions {
  /** What stands in the empty field. */
  placeholder?: string;
  /** Letters that a message may have. Default: what the gateway takes. */
  maxChars?: number;
}

export const MESSAGE_ACTIONS = ['copy', 'regenerate', 'edit', 'feedback'] as const;
export type MessageAction = (typeof MESSAGE_ACTIONS)[number];

/** A button of the site's own under a message. */
export interface CustomAction {
  /** Tells it apart from the others; the button has it as `data-name`. */
  name: string;
  /** What the button does, in the visitor's language. */
  label: string;
  /** A copy of it is drawn in the button; absent: the label itself. `currentColor` is the colour of the other icons. */
  icon?: Element;
  /** Whose messages have it. Default: answers, of the assistant and of people of the site's team. */
  roles?: readonly Message['role'][];
  /** The visitor has pressed it, under a message that is whole. */
  onAct: (message: Message) => unknown;
}

/** Draws a data part. It is called again when the part changes; what it returns replaces what it returned before. */
export type PartRenderer = (value: unknown, context: { message: Message; locale: string }) => Node | null;

export interface MessageOptions {
  /** `anchor`: the sent message goes to the top and the answer grows below it. Default: anchor. */
  scrolling?: 'anchor' | 'follow' | 'none';
  /** Which actions stand under a message. Default: all. */
  actions?: readonly MessageAction[];
  /** Buttons of the site's own beside them, in this order. */
  customActions?: readonly CustomAction[];
  /** Formulas between dollar signs are set as mathematics. Default: false. */
  hasMath?: boolean;
  /** Origins that pictures may come from; `*` is any. Default: none, a picture is shown as a link. */
  imageOrigins?: readonly string[];
  /** What a screen reader is given when an answer is whole. Default: text, when it is short. */
  readOut?: 'text' | 'ready';
  /** By the name of the data part. */
  renderers?: Readonly<Record<string, PartRenderer>>;
}

export interface AttachmentOptions {
  /** Files may be attached where the gateway takes some. Default: false. */
  isEnabled?: boolean;
  /** As the `accept` of a file input. Default: all that the gateway takes. */
  accept?: string;
  /** Bytes a file. Default, and at most: the gateway's limit. */
  maxBytes?: number;
  /** Files a message. Default: 5. */
  maxFiles?: number;
}

export interface HistoryOptions {
  /** The list of earlier conversations in the menu. Default: true. */
  isEnabled?: boolean;
}

export interface PrivacyOptions {
  /** Asked first: until the visitor agrees nothing is sent or stored; what the page asks for waits, and rejects with `forbidden` if they decline. */
  consent?: { text?: string; url?: string };
  /** The visitor may download what is stored about them. Default: true. */
  canExport?: boolean;
  /** The visitor may erase what is stored about them. Default: true. */
  canErase?: boolean;
}

/** A function of the page that the model may call; the gateway's site has to allow it. */
export interface ClientTool {
  name: string;
  description: string;
  /** A JSON Schema of the input. */
  parameters: Readonly<Record<string, unknown>>;
  /** Runs in the page. What it returns, or its promise gives, goes back to the model; what it throws is told as an error. */
  handler: (input: unknown) => unknown;
}

export interface ChatOptions {
  connection?: ConnectionOptions;
  identity?: IdentityOptions;
  theme?: ThemeOptions;
  /** As the attribute. */
  mode?: Mode;
  /** As the attribute. */
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
/** What `configure()` takes: some of the options; undefined gives a default back. */
export type OptionsChange = { [Key in keyof ChatOptions]?: Loose<ChatOptions[Key]> | undefined };

/** Where a message to be sent comes from: written, one of the prompts or suggestions, a form of an answer, the page's code. */
export type SendSource = 'composer' | 'prompt' | 'form' | 'api';

export interface HookTypes {
  /** Before a message is sent. Returns false to stop it, other parts to send those instead, nothing to let it pass. */
  'before-send': (detail: {
    parts: readonly UserPart[];
    source: SendSource;
  }) => HookResult<readonly UserPart[] | false>;
  /**
   * Before a message that is whole is shown. Returns false to hide it, another message to show that instead. While an answer
   * is being written it is shown as it comes, unless there is a hook: then it is shown when the hook has seen all of it.
   */
  'before-render': (detail: { message: Message }) => HookResult<Message | false>;
}
/** `undefined` leaves things as they are. */
export type HookResult<Result> = Result | undefined | Promise<Result | undefined>;
export type HookName = keyof HookTypes;

/** A function of the page; those of one name run in the order in which they were added. */
export type Hook = { [Name in HookName]: { name: Name; handler: HookTypes[Name] } }[HookName];

const isGroup = (value: unknown): value is Record<string, unknown> =>
  Object.prototype.toString.call(value) === '[object Object]';

/** A copy of `base` with `change` in it: groups are merged, everything else is replaced; undefined gives the default back. */
export function mergeOptions(base: ChatOptions, change: OptionsChange): ChatOptions {
  // Groups have the keys of both, with values of their types.
  return mergeGroups({ ...base }, change);
}

function mergeGroups(base: Record<string, unknown>, change: object): Record<string, unknown> {
  const merged = { ...base };
  for (const [key, value] of Object.entries(change)) {
    const before = merged[key];
    merged[key] = isGroup(value) ? mergeGroups(isGroup(before) ? before : {}, value) : value;
  }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}
