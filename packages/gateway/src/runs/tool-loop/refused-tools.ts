/** Models that take no tools: at a site whose one tool is the gateway's own, they are asked without it. */
import type { LearnedRefusals } from '../../providers/learned-refusals.ts';
import { reasonOf } from '../../providers/upstream-error.ts';
import { isRequestPersonTool } from '../../tools/request-person.ts';
import type { LoopRun } from './round.ts';

const keyOf = ({ siteId, site: { model = '' } }: LoopRun) => [`${siteId} ${model}`, 'tools'] as const;

/** The run without the gateway's own tool, when its model is known to take none. */
export function withoutRefusedTools(refusedTools: LearnedRefusals, run: LoopRun): LoopRun {
  return refusedTools.has(...keyOf(run)) ? (withoutOwnTool(run) ?? run) : run;
}

/** The run to repeat a refused request with; undefined when the refusal is another one, or the site has tools of its own. */
export function afterToolRefusal(
  refusedTools: LearnedRefusals,
  run: LoopRun,
  error: unknown,
): LoopRun | undefined {
  const other = reasonOf(error) === 'tools-refused' ? withoutOwnTool(run) : undefined;
  if (other !== undefined) refusedTools.add(...keyOf(run));
  return other;
}

function withoutOwnTool(run: LoopRun): LoopRun | undefined {
  const { tools = [] } = run.site;
  const isOwnOnly = tools.length > 0 && tools.every(isRequestPersonTool);
  if (!isOwnOnly || (run.clientTools ?? []).length > 0) return undefined;
  return { ...run, site: { ...run.site, tools: [] } };
}
