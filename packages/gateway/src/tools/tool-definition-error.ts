/** The error of a tool that cannot be offered to a model. */

/** A tool is defined incorrectly. The message names the tool and says what to change. */
export class ToolDefinitionError extends TypeError {
  override readonly name = 'ToolDefinitionError';
}
