/** What a tool returns when it says more than its output. */

/** Facts about a result, which the gateway uses and neither the model nor the visitor is told. */
export interface ToolResultFacts {
  /**
   * For a tool that searches: whether there was anything that answers. When no call of an answer has found anything, the site's desk may
   * offer a person, see `whenNothingFound` of `DeskSettings`. Absent: the tool says nothing about it.
   */
  found?: boolean | undefined;
}

/** The output of a tool, with facts about it. A handler returns it in place of the output. */
export class ToolResult {
  /** A JSON value, which the model and the visitor see. */
  readonly output: unknown;
  /** As `ToolResultFacts`. */
  readonly found: boolean | undefined;

  /** @param output undefined counts as null */
  constructor(output: unknown, { found }: ToolResultFacts = {}) {
    this.output = output;
    this.found = found;
  }
}
