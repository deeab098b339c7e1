/** The type of a row in the table of options: the path of an option in `ChatOptions`, and the control that sets it. */
import type { ChatOptions } from '@rivulet/widget';

type Options = Required<ChatOptions>;
type Group = Exclude<keyof ChatOptions, 'mode' | 'locale' | 'strings' | 'identity' | 'tools'>;
type Consent = NonNullable<Options['privacy']['consent']>;

/** The name of a custom property of the widget, without the prefix `--rivulet-`. */
export type Token =
  'accent' | 'radius' | 'font' | 'text-scale' | 'width' | 'height' | 'offset' | 'offset-inline';
/** The path of an option in `ChatOptions`, such as `start.prompts`. The type is derived, so a renamed option does not compile. */
export type OptionPath =
  | 'mode'
  | 'locale'
  | { [Name in Group]: `${Name}.${keyof Options[Name] & string}` }[Group]
  | `theme.tokens.${Token}`
  | `privacy.consent.${keyof Consent}`;
/** Options of the preview only: whether its page follows the locale's direction, and whether it has a `before-send` hook. */
export type PreviewPath = 'preview.isDirected' | 'preview.hasHook';
/** The path of any row. */
export type Path = OptionPath | PreviewPath;

interface Row {
  path: Path;
  label: string;
  hint?: string;
}
interface TextRow extends Row {
  placeholder?: string;
}
interface LabelsRow extends Row {
  /** The label of each value. */
  labels: Readonly<Record<string, string>>;
}
/** A row of the table. `kind` determines the control and the type of the value. */
export type Field =
  | (TextRow & { kind: 'text' | 'url' | 'origins' })
  | (TextRow & { kind: 'list'; count: number })
  | (Row & { kind: 'pixels'; placeholder: string; min: number; max: number })
  | (Row & { kind: 'count'; placeholder: string; unit: string; min: number; max: number })
  | (Row & { kind: 'colour'; initial: string })
  | (Row & { kind: 'switch'; initial: boolean })
  | (LabelsRow & { kind: 'radio' | 'select'; initial: string })
  | (LabelsRow & { kind: 'checkboxes' });

/** A section of the form. */
export interface FieldGroup {
  title: string;
  /** Whether the section is open at first. It is also open when it contains a chosen option. */
  isOpen: boolean;
  fields: readonly Field[];
}
