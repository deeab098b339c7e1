/** Validates the input of tools. Schemas are interpreted, so that no code is generated from them. */
import { Validator } from '@cfworker/json-schema';
import { ToolDefinitionError } from './tool-definition-error.ts';
import type { Tool } from './tool.ts';

const NAME = /^[\w-]{1,64}$/;
const validators = new WeakMap<Tool, Validator>();

function validatorOf(tool: Tool): Validator {
  const known = validators.get(tool);
  if (known !== undefined) return known;
  const made = new Validator({ ...tool.parameters }, '2020-12', false);
  validators.set(tool, made);
  return made;
}

/** Long enough for two or three faults, short compared with the conversation that the model gets. */
const MAX_FAULT_CHARS = 500;

/** Describes what is wrong with an input, so that the model can correct it. @returns undefined when it is valid. */
export function faultOf(tool: Tool, input: unknown): string | undefined {
  const { valid, errors } = validatorOf(tool).validate(input);
  if (valid) return undefined;
  // The last errors are the innermost ones, which name the exact location.
  const faults = errors.toReversed().map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
  return [...new Set(faults)].join(' ').slice(0, MAX_FAULT_CHARS).toWellFormed();
}

/**
 * Checks the tools of a site.
 * @throws {ToolDefinitionError} for a tool that cannot be offered to a model. A schema that cannot be read throws what the
 *   validator throws.
 */
export function checkTools(tools: readonly Tool[]): void {
  const names = new Set<string>();
  for (const tool of tools) {
    if (!NAME.test(tool.name))
      throw new ToolDefinitionError(
        `The name of the tool ${JSON.stringify(tool.name)} is not valid. Use 1 to 64 letters, digits, "_" and "-".`,
      );
    if (names.has(tool.name))
      throw new ToolDefinitionError(`Two tools have the name ${tool.name}. Rename one of them.`);
    if (tool.parameters.type !== 'object')
      throw new ToolDefinitionError(
        `The parameters of the tool ${tool.name} are not a JSON Schema of type object. Set "type": "object".`,
      );
    names.add(tool.name);
    validatorOf(tool).validate({}); // a schema that cannot be read throws now, not during a run
  }
}
