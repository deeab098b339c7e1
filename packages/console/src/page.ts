/** What a page of the console is, and what it is given. */
import type { TemplateResult } from '../../widget/src/reading.ts';
import type { User } from './api.ts';

/** What a page is given. */
export interface PageContext {
  user: User;
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
  render(): TemplateResult;
  /** Whether something would be lost when the page is left: the user is asked. Absent: never. */
  readonly hasUnsaved?: boolean;
  /** The user leaves it although something is not saved. */
  discard?(): void;
  /** Ends what it waits for. */
  close(): void;
}
