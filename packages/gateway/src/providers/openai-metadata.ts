/** Collects what an upstream attaches to its answer for itself, outside the fields of the chat completions API. */
import { textOf } from './json-fields.ts';
import { mergeFields } from './merge-fields.ts';
import { MAX_METADATA_CHARS, type CallMetadata, type ProviderMetadata } from './provider-metadata.ts';

/** Collects the metadata of one answer. */
export interface MetadataReader {
  /** Reads one delta, or a whole message. */
  read(fields: Readonly<Record<string, unknown>>): void;
  /** The metadata of the answer; undefined when there is none. `origin` names the upstream. */
  end(origin: string, calls: readonly CallMetadata[]): ProviderMetadata | undefined;
}

/** Options of `createMetadataReader`. */
export interface MetadataReaderOptions {
  /** Whether the model may call tools: only then upstreams want the reasoning back. */
  hasTools: boolean;
}

/**
 * The fields of a message that upstreams want back: of Gemini (`extra_content`, `thought_signature`), OpenRouter and MiniMax
 * (`reasoning_details`), LiteLLM (`thinking_blocks`, `provider_specific_fields`), Copilot (`reasoning_opaque`) and others. Any other
 * field is dropped: Groq and Mistral refuse a request with a field that they do not know, also when their answers have it.
 */
const OPAQUE =
  /signature|encrypted|opaque|^extra_content$|^reasoning_details$|^thinking_blocks$|^provider_(specific_fields|metadata|data)$/i;
/** Almost every delta has no other fields than these. */
const USUAL: ReadonlySet<string> = new Set([
  'role',
  'content',
  'refusal',
  'tool_calls',
  'reasoning_content',
  'reasoning',
]);

/** Creates the collector of one answer. */
export function createMetadataReader({ hasTools }: MetadataReaderOptions): MetadataReader {
  let fields: Record<string, unknown> = {};
  let chars = 0;
  let hasReasoning = false;
  return {
    read(delta) {
      hasReasoning ||= textOf(delta.reasoning_content) !== '';
      for (const key of Object.keys(delta)) {
        if (USUAL.has(key) || !OPAQUE.test(key) || chars > MAX_METADATA_CHARS) continue;
        const value = key === 'extra_content' ? withoutFlags(delta[key]) : delta[key];
        if (value === undefined) continue;
        chars += JSON.stringify(value).length;
        fields = mergeFields(fields, { [key]: value });
      }
    },
    end(origin, calls) {
      // Half of a signature is worse than none.
      const kept = chars > MAX_METADATA_CHARS ? {} : fields;
      const metadata = {
        ...(Object.keys(kept).length === 0 ? {} : { fields: kept }),
        ...(hasReasoning && hasTools ? { reasoning: 'wanted' as const } : {}),
        ...(calls.length === 0 ? {} : { calls: [...calls] }),
      };
      return Object.keys(metadata).length === 0 ? undefined : { origin, ...metadata };
    },
  };
}

/** Gemini marks a piece of the content as a thought. That is about this piece, and not about the message. */
function withoutFlags(value: unknown): unknown {
  if (typeof value === 'boolean') return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value)
    .map(([key, inner]) => [key, withoutFlags(inner)] as const)
    .filter(([, inner]) => inner !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
