/** The part of the configuration that says which upstream replies. */
import * as v from 'valibot';
import { httpUrl, text } from './config-values.ts';
import { apiKeyProblem, baseUrlProblem } from '../providers/base-url.ts';
import { RequestSettingsSchema } from '../providers/request-settings.ts';

const KEY_PROBLEM = 'expected one or more keys of visible ASCII characters, separated by commas or in a list';
const apiKeys = v.pipe(
  v.union([v.string(), v.array(v.string())], KEY_PROBLEM),
  v.transform((keys) => [keys].flat().flatMap((key) => key.split(',').map((one) => one.trim()))),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const [problem] = dataset.value.flatMap((key) => apiKeyProblem(key) ?? []);
    if (problem !== undefined) addIssue({ message: problem });
    else if (
      dataset.value.length === 0 ||
      !dataset.value.every((key) => /^[\x21-\x7e][\x20-\x7e]*$/.test(key))
    )
      addIssue({ message: KEY_PROBLEM });
  }),
);
const baseUrl = v.pipe(
  text,
  v.rawCheck(({ dataset, addIssue }) => {
    const problem = dataset.typed ? baseUrlProblem(dataset.value) : undefined;
    if (problem !== undefined) addIssue({ message: problem });
  }),
);

/** What replies. */
export const ProviderSchema = v.strictObject({
  /** `openai`: any upstream with the chat completions API. Default: `openai` when there is a key, else `demo`. */
  kind: v.optional(v.picklist(['openai', 'demo'], 'expected openai or demo')),
  /** One key or a list; in a text they are separated by commas. */
  apiKey: v.optional(apiKeys),
  baseUrl: v.optional(baseUrl),
  model: v.optional(text, 'gpt-5-mini'),
  /** Whether to request token counts; `omit` is for upstreams that refuse `stream_options`. */
  usage: v.optional(v.picklist(['include', 'omit'], 'expected include or omit'), 'include'),
  /** Whether reasoning between tags in an answer is separated from it. */
  thinkTags: v.optional(v.picklist(['auto', 'off'], 'expected auto or off'), 'auto'),
  /** The HTTP proxies through which the upstream is called. */
  proxy: v.optional(
    v.strictObject({
      http: v.optional(httpUrl),
      https: v.optional(httpUrl),
      except: v.optional(v.string('expected host names, separated by commas')),
    }),
    {},
  ),
  /** The settings of the requests, for sites without their own. */
  request: v.optional(RequestSettingsSchema, {}),
});
