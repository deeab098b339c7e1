/** What a tool returns when it says more than its output. */

/** The output of a tool, with facts about it that the gateway uses, and neither the model nor the visitor is told. A handler returns it. */
export class ToolResult {
  /** A JSON value, which the model and the visitor see. */
  readonly output: unknown;
  /**
   * For a tool that searches: whether there was anything that answers. When no call of an answer has found anything, the desk of the site
   * may offer a person, see `whenNothingFound` of `DeskSettings`. Undefined: the tool says nothing about it.
   */
  readonly found: boolean | undefined;

  /** @param output undefined counts as null */
  constructor(output: unknown, { found }: { found?: boolean | undefined } = {}) {
    this.output = output;
    this.found = found;
  }
}
