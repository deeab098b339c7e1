/** What a page of the console is, and what it is given. */
import type { TemplateResult } from '../../widget/src/reading.ts';
import type { User } from './api.ts';
import type { Route } from './router.ts';

/** What a page is given. */
export interface PageContext {
  user: User;
  /** The sites with a desk at which the user may answer. */
  deskSites: readonly string[];
  /** Renders the page again. */
  changed: () => void;
  /** Goes to an address of the console. */
  go: (href: string) => void;
  /** Reads a text out. */
  announce: (text: string) => void;
  /** Says what went wrong, and asks to sign in again when the session has ended. @returns the text to show */
  explain: (error: unknown) => string;
}

/** A page. It keeps its state and loads what it shows. */
export interface Page {
  /** The heading, which the title of the window has, too. */
  readonly title: string;
  /** What the title of the window has before it, such as how many wait; absent: nothing. */
  readonly titlePrefix?: string;
  /** `window`: the page is as high as the window, and its parts scroll. Default: the window scrolls. */
  readonly layout?: 'window' | undefined;
  render(): TemplateResult;
  /** Whether something would be lost when the page is left: the user is asked. Absent: never. */
  readonly hasUnsaved?: boolean;
  /** The user leaves it although something is not saved. */
  discard?(): void;
  /** Shows another address without a new page. @returns false when that is not possible; absent: it never is */
  follow?(route: Route): boolean;
  /** Ends what it waits for. */
  close(): void;
}
