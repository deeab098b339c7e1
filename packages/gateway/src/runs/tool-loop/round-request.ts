/** The request of one round of the tool loop. */
import type { ProviderMessage, ProviderRequest, ProviderTool } from '../../providers/provider.ts';
import type { LoopRun } from './round.ts';

/** Creates the request: the messages, and what the site says about its model and tools. */
export function requestOf(
  run: LoopRun,
  messages: readonly ProviderMessage[],
  toolChoice: 'auto' | 'none',
): ProviderRequest {
  const { model, request: settings, tools: own = [] } = run.site;
  const tools = [...own, ...(run.clientTools ?? [])].map(definitionOf);
  return {
    messages: [...messages],
    ...(model === undefined ? {} : { model }),
    ...(settings === undefined ? {} : { settings }),
    ...(tools.length === 0 ? {} : { tools, toolChoice }),
  };
}

/** Where refusals of a run are remembered. */
export const scopeOf = ({ conversationId, siteId, site }: LoopRun) => ({
  conversationId,
  siteId,
  model: site.model,
});

const definitionOf = ({ name, description, parameters }: ProviderTool): ProviderTool => ({
  name,
  description,
  parameters,
});
