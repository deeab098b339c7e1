/** The tool by which the model asks for a person, at sites with a desk. */
import { ChatError } from '@rivulet/protocol';
import type { Approval, Tool } from './tool.ts';

/** Its name. A tool of the site with this name takes its place. */
export const REQUEST_PERSON = 'request_person';

/** Whether the model may ask for a person. `ask`: when the visitor approves. */
export const REQUEST_PERSON_POLICIES = ['on', 'ask', 'off'] as const;
/** One of `REQUEST_PERSON_POLICIES`. */
export type RequestPersonPolicy = (typeof REQUEST_PERSON_POLICIES)[number];

const DESCRIPTION =
  'Hands this conversation over to a person of the team, who answers it from then on. Call it when the visitor asks for a person, is ' +
  'upset, or needs what only the team can decide or do; not when you can answer yourself. The result says whether somebody is there now. ' +
  'After it, tell the visitor in one sentence that the team answers, or that nobody is there now and an address can be left, and end.';

const createTool = (approval: Approval): Tool => ({
  name: REQUEST_PERSON,
  description: DESCRIPTION,
  parameters: { type: 'object', properties: {}, additionalProperties: false },
  approval,
  isLast: true,
  handler(_input, { requestPerson }) {
    if (requestPerson === undefined)
      throw new ChatError('unsupported', { message: 'Nobody answers on this site but the model.' });
    return requestPerson();
  },
});
const TOOLS = { on: createTool('never'), ask: createTool('always') } as const;

/** Whether it is the gateway's own tool, and not one of the site with this name. */
export const isRequestPersonTool = (tool: Tool): boolean => tool === TOOLS.on || tool === TOOLS.ask;

/** The tool; undefined where the model may not ask. It is always the same one for a policy. */
export const requestPersonTool = (policy: RequestPersonPolicy): Tool | undefined =>
  policy === 'off' ? undefined : TOOLS[policy];
