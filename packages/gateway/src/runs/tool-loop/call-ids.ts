/**
 * The ids of tool calls. The gateway mints all of them, because upstreams do not keep their own unique: some number their calls
 * from 1 in each answer, some give none.
 */
import type { RandomBytes } from '@rivulet/protocol';
import type { ProviderMetadata } from '../../providers/provider-metadata.ts';
import type { Content } from '../reply.ts';

/** Mistral accepts exactly nine letters and digits (54 bits) when the call is told to the model again. */
const CALL_ID_CHARS = 9;
/** 22 characters of base64, of which one in 32 is no letter or digit: nine remain, but for a chance of one in 10^14. */
const RANDOM_BYTES = 16;

/**
 * A new id of a tool call: nine letters and digits.
 * @see PROTOCOL.md §3
 */
export function mintCallId(random: RandomBytes): string {
  const text = Buffer.from(random(RANDOM_BYTES)).toString('base64');
  return text.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, CALL_ID_CHARS);
}

/** Maps the upstream's ids of tool calls in one answer to the gateway's. */
export interface CallIds {
  /** The content with the id of the gateway. A call that starts gets a new id, also when the upstream repeats one. */
  replaceIn(content: Content): Content;
  /** The metadata with the ids of the gateway. */
  replaceInMetadata(metadata: ProviderMetadata): ProviderMetadata;
}

/** Creates the map for one answer. */
export function createCallIds(random: RandomBytes): CallIds {
  const minted = new Map<string, string>();
  return {
    replaceIn(content) {
      if (content.type === 'tool-call-started') {
        const callId = mintCallId(random);
        minted.set(content.callId, callId);
        return { ...content, callId };
      }
      if (content.type !== 'tool-call-delta') return content;
      return { ...content, callId: minted.get(content.callId) ?? content.callId };
    },
    replaceInMetadata({ calls, ...metadata }) {
      if (calls === undefined) return metadata;
      const replaced = calls.map((call) => ({ ...call, callId: minted.get(call.callId) ?? call.callId }));
      return { ...metadata, calls: replaced };
    },
  };
}
