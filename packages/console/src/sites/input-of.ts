/** What the inputs of the form of a site have in common. */

/** What an input shows, and whom it tells. */
export interface InputOf {
  id: string;
  label: string;
  value: unknown;
  /** What was typed, when it says more than the value. */
  raw: string | undefined;
  /** What holds without a value; undefined when it is not known. */
  byDefault: unknown;
  /** The ids of what describes it. */
  describedBy: string;
  isInvalid: boolean;
  /** Whether the configuration has a value, so that another one has to be said. */
  isConfigured: boolean;
  changed: (value: unknown, raw?: string) => void;
}
