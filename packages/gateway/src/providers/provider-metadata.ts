/** What an upstream attaches to its answers for itself: signatures, encrypted reasoning, the ids of its tool calls. */
import * as v from 'valibot';

const FieldsSchema = v.record(v.string(), v.unknown());

/** What an upstream attached to a tool call. */
export const CallMetadataSchema = v.object({
  callId: v.string(),
  /** The upstream's own id of the call. */
  upstreamId: v.optional(v.string()),
  /** Fields of the call, except those of the API. */
  fields: v.optional(FieldsSchema),
});
/** What an upstream attached to a tool call. */
export type CallMetadata = v.InferOutput<typeof CallMetadataSchema>;

/**
 * What an upstream attached to one of its answers. It means nothing to the gateway, is never sent to a visitor, and is given back
 * unchanged to the same upstream only.
 */
export const ProviderMetadataSchema = v.object({
  /** Names the upstream, for the provider that wrote it. A provider ignores metadata of any other origin. */
  origin: v.string(),
  /** Fields of the message, except those of the API. */
  fields: v.optional(FieldsSchema),
  /** Present when the upstream wants the reasoning of its answers back. */
  reasoning: v.optional(v.literal('wanted')),
  calls: v.optional(v.array(CallMetadataSchema)),
});
/** What an upstream attached to one of its answers. */
export type ProviderMetadata = v.InferOutput<typeof ProviderMetadataSchema>;

/**
 * How much of it is kept of one answer, in UTF-16 code units of JSON. A signature has a few thousand, and a round of the model one
 * signature or a few.
 */
export const MAX_METADATA_CHARS = 256 * 1024;
