/** The context windows of well-known families of models, for a budget that the upstream does not refuse. */

/**
 * The windows in tokens, by what the name of a model begins with after the names of its vendor and host; the first match counts.
 * Where versions of one name differ, the smallest. The figures are those that the vendors publish for these families; most were not
 * looked up again for this table. A window that is too large here costs one shortened repetition, see `context-length`. A name that
 * is not here has no known window.
 */
const WINDOWS: readonly (readonly [name: RegExp, tokens: number])[] = [
  [/^gpt-3\.5-turbo-instruct|^(babbage|davinci)/, 4_096],
  [/^gpt-3\.5/, 16_385],
  [/^gpt-4-32k/, 32_768],
  [/^gpt-4-(turbo|1106|0125|vision)/, 128_000],
  [/^gpt-4\.1/, 1_047_576],
  [/^gpt-4\.5|^(chat)?gpt-4o|^chatgpt/, 128_000],
  [/^gpt-4/, 8_192],
  [/^gpt-5.*chat/, 128_000],
  [/^gpt-5/, 400_000],
  [/^gpt-oss/, 131_072],
  [/^o1-(mini|preview)/, 128_000],
  [/^o[134]\b/, 200_000],
  [/^claude-(instant|2)/, 100_000],
  [/^claude/, 200_000],
  [/^gemini-(1\.0|pro)/, 32_760],
  [/^gemini/, 1_048_576],
  [/^gemma-?3.*(270m|1b)/, 32_768],
  [/^gemma-?[3-9]/, 131_072],
  [/^(code)?gemma/, 8_192],
  [/^(meta-)?(code)?llama-?3\.[1-3]/, 131_072],
  [/^(meta-)?llama-?3/, 8_192],
  [/^(meta-)?llama-?4/, 1_000_000],
  [/^codellama/, 16_384],
  [/^(meta-)?llama-?2|^vicuna|^solar/, 4_096],
  [/^tinyllama/, 2_048],
  [/^mistral-7b.*v0\.1/, 8_192],
  [/^mi(x|s)tral-?(8x22b)/, 65_536],
  [/^(open-)?mixtral|^(open-)?mistral(-?7b|$|:)|^codestral/, 32_768],
  [/^(open-)?mi(ni)?stral-(nemo|small|medium|large|[38]b)|^magistral|^pixtral|^devstral/, 128_000],
  [/^qwen/, 32_768],
  [/^qwq/, 32_768],
  [/^deepseek/, 65_536],
  [/^phi-?2/, 2_048],
  [/^phi-?4/, 16_384],
  [/^phi-?3/, 4_096],
  [/^command-(r|a)/, 128_000],
  [/^grok-[4-9]/, 256_000],
  [/^grok/, 131_072],
];

/**
 * The context window of a model in tokens; undefined when its name is not known. The vendor before a slash (`meta-llama/…`), a
 * prefix of Bedrock (`anthropic.`) and the case of the letters do not matter.
 */
export function windowOfModel(model: string): number | undefined {
  const name = model
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/^((us|eu|apac|global)\.)?(anthropic|meta|mistral|cohere|google|openai|deepseek|qwen)\./, '')
    .replace(/^ft:/, '');
  return WINDOWS.find(([beginning]) => beginning.test(name))?.[1];
}
