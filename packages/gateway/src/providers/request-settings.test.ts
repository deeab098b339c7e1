import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  bodyFieldsOf,
  mergeRequestSettings,
  RequestSettingsSchema,
  responsesFieldsOf,
  secretHeadersOf,
} from './request-settings.ts';

const problemOf = (settings: unknown) => v.safeParse(RequestSettingsSchema, settings).issues?.[0].message;

describe('the settings of a request', () => {
  it('are sent under the names of chat completions, and what is absent is not sent', () => {
    const settings = { temperature: 0, topP: 0.9, maxCompletionTokens: 50, reasoningEffort: 'low' };
    expect(bodyFieldsOf(settings)).toEqual({
      temperature: 0,
      top_p: 0.9,
      max_completion_tokens: 50,
      reasoning_effort: 'low',
    });
    expect(bodyFieldsOf({ maxTokens: 7, extraBody: { top_k: 3, seed: null } })).toEqual({
      max_tokens: 7,
      top_k: 3,
      seed: null,
    });
  });

  it('of a site replace those of the provider one by one, also single fields and headers', () => {
    const base = { temperature: 1, maxTokens: 5, extraBody: { a: 1, b: 1 }, extraHeaders: { 'X-A': '1' } };
    const own = { temperature: 0.5, extraBody: { b: 2 }, extraHeaders: { 'x-a': '2', 'x-b': '3' } };
    expect(mergeRequestSettings(base, own)).toEqual({
      temperature: 0.5,
      maxTokens: 5,
      extraBody: { a: 1, b: 2 },
      extraHeaders: { 'x-a': '2', 'x-b': '3' },
    });
  });

  it('have one name for the longest answer in the responses API, and the reasoning in one field', () => {
    expect(responsesFieldsOf({ maxTokens: 5, topP: 0.5 })).toEqual({ max_output_tokens: 5, top_p: 0.5 });
    expect(
      responsesFieldsOf({ maxCompletionTokens: 5, reasoningEffort: 'low', reasoningSummary: 'auto' }),
    ).toEqual({ max_output_tokens: 5, reasoning: { effort: 'low', summary: 'auto' } });
  });

  it('name what is secret of the headers and of the tools of the upstream', () => {
    const headers = { authorization: 'Bearer tool-1', accept: 'all' };
    const mcp = { type: 'mcp', server_url: 'https://a.example', authorization: 'tool-2', headers };
    const secrets = secretHeadersOf({ extraHeaders: { 'x-api-key': 'key-1' }, builtInTools: [mcp] });
    expect(new Set(secrets)).toEqual(new Set(['key-1', 'tool-2', 'Bearer tool-1', 'tool-1']));
  });

  it('never contain both names of the longest answer', () => {
    const merged = mergeRequestSettings({ maxTokens: 5 }, { maxCompletionTokens: 9 });
    expect(bodyFieldsOf(merged)).toEqual({ max_completion_tokens: 9 });
    expect(problemOf({ maxTokens: 5, maxCompletionTokens: 9 })).toMatch(/one of maxTokens/);
  });

  it.each([
    [{ temperature: 2.1 }, /0 to 2/],
    [{ temperature: Number.NaN }, /0 to 2/],
    [{ topP: -0.1 }, /0 to 1/],
    [{ maxTokens: 0.5 }, /whole number/],
    [{ maxCompletionTokens: 0 }, /at least 1/],
    [{ reasoningEffort: 'Very High' }, /a word such as/],
    [{ systemRole: 'assistant' }, /system, developer, user/],
    [{ extraBody: [] }, /JSON object/],
    [{ extraBody: { messages: [] } }, /set by the gateway.*messages/],
    [{ extraBody: { previous_response_id: 'resp_1' } }, /set by the gateway.*previous_response_id/],
    [{ reasoningSummary: 'long' }, /auto, concise, detailed/],
    [{ builtInTools: { type: 'web_search' } }, /list of JSON objects with a type/],
    [{ builtInTools: [{}] }, /list of JSON objects with a type/],
    [{ builtInTools: [{ type: 'function', name: 'a' }] }, /tools of the gateway/],
    [{ extraHeaders: { 'a b': 'x' } }, /headers with values/],
    [{ extraHeaders: { a: 'x\r\ny' } }, /one line/],
    [{ extraHeaders: { a: 1 } }, /text/],
    [{ extraHeaders: { 'Content-Length': '1' } }, /set by the HTTP client/],
  ])('are refused: %j', (settings, problem) => {
    expect(problemOf(settings)).toMatch(problem);
  });
});
