/** The finish reasons of OpenAI and of upstreams with its API, which often pass on the words of the service behind them. */
import type { ProviderEvent } from './provider.ts';

type Finished = Extract<ProviderEvent, { type: 'finished' }>;
/** Why a stream that has ended is not a complete answer. */
export type UnfinishedWhy = 'no-finish-reason' | 'failed' | 'overloaded';
/** What a finish reason means. */
export type FinishMeaning = Finished['reason'] | UnfinishedWhy;

const WORDS: Record<FinishMeaning, string> = {
  stop: `stop stop_sequence stop_token stop_word eos eos_token end end_turn endoftext completed complete done finished success
    normal finish`,
  length: `length max_length max_len max_tokens max_token max_output_tokens max_completion_tokens max_new_tokens token_limit
    output_limit model_length model_context_window_exceeded context_window_exceeded context_length context_length_exceeded
    context_limit max_context max_context_length error_limit repetition`,
  tool: 'tool_calls tool_call tool_use tool function_call function_calls',
  blocked: `content_filter content_filtered content_blocked safety image_safety recitation image_recitation blocklist
    prohibited_content image_prohibited_content spii model_armor language sensitive refusal guardrail guardrails
    guardrail_intervened moderation error_toxic blocked`,
  failed: `error failed failure internal_error server_error network_error unknown_error malformed_function_call
    malformed_tool_call malformed_tool_use malformed_model_output malformed_response unexpected_tool_call too_many_tool_calls
    missing_thought_signature`,
  'no-finish-reason': `abort aborted cancel canceled cancelled user_cancel user_cancelled not_finished incomplete interrupted
    timeout time_limit deadline_exceeded`,
  overloaded: 'insufficient_system_resource insufficient_system_resources overloaded service_unavailable',
};

const MEANINGS = new Map<string, FinishMeaning>(
  // Object.entries forgets the key type.
  (Object.entries(WORDS) as [FinishMeaning, string][]).flatMap(([meaning, words]) =>
    words.split(/\s+/).map((word): [string, FinishMeaning] => [word, meaning]),
  ),
);

/** What a finish reason means, in any case and spelling (`MAX_TOKENS`, `maxTokens`, `FinishReason.SAFETY`); undefined: unknown. */
export function meaningOf(reason: string): FinishMeaning | undefined {
  return (
    MEANINGS.get(reason) ??
    MEANINGS.get(
      reason
        .trim()
        .replace(/^.*\./, '')
        .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
        .replaceAll(/[\s-]+/g, '_')
        .toLowerCase()
        .replace(/^(finish_reason|finish|stop_reason|reason)_(?=.)/, ''),
    )
  );
}
