/** What a row of the table of options is: the path of its option in `ChatOptions`, and the control that sets it. */
import type { ChatOptions } from '@rivulet/widget';

type Options = Required<ChatOptions>;
type Group = Exclude<keyof ChatOptions, 'mode' | 'locale' | 'strings' | 'identity' | 'tools'>;
type Consent = NonNullable<Options['privacy']['consent']>;

/** A custom property without its prefix. */
export type Token = 'accent' | 'radius' | 'font' | 'width' | 'height' | 'offset' | 'offset-inline';
/** An option that the widget renames no longer compiles here. */
export type OptionPath =
  | 'mode'
  | 'locale'
  | { [Name in Group]: `${Name}.${keyof Options[Name] & string}` }[Group]
  | `theme.tokens.${Token}`
  | `privacy.consent.${keyof Consent}`;
/** Of the playground alone: the direction of the page in the frame, and a function before sending. */
export type PreviewPath = 'preview.isDirected' | 'preview.hasHook';
export type Path = OptionPath | PreviewPath;

interface Row {
  path: Path;
  label: string;
  hint?: string;
}
interface TextRow extends Row {
  placeholder?: string;
}
interface WordsRow extends Row {
  /** Each word and what a person reads for it. */
  words: Readonly<Record<string, string>>;
}
export type Field =
  | (TextRow & { kind: 'text' | 'address' | 'origins' })
  | (TextRow & { kind: 'list'; count: number })
  | (Row & { kind: 'pixels'; placeholder: string; min: number; max: number })
  | (Row & { kind: 'count'; placeholder: string; unit: string; min: number; max: number })
  | (Row & { kind: 'colour'; initial: string })
  | (Row & { kind: 'switch'; initial: boolean })
  | (WordsRow & { kind: 'one' | 'pick'; initial: string })
  | (WordsRow & { kind: 'several' });

export interface FieldGroup {
  title: string;
  isOpen: boolean;
  fields: readonly Field[];
}
