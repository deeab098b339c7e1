/** The secrets of the site of a run, which no answer and no log may show. */
import { secretHeadersOf } from '../providers/request-settings.ts';
import { secretsOfModeration } from '../sites/gateway-mask.ts';
import type { StartedRun } from './started-run.ts';

/** The secrets in the headers of its requests, of its own provider and of its own moderation. */
export const secretsOfSite = ({ request, provider, moderation }: StartedRun['site']): string[] => [
  ...secretHeadersOf(request),
  ...(provider?.secrets?.() ?? []),
  ...secretsOfModeration(moderation),
];
