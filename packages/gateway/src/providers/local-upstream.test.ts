import { describe, expect, it } from 'vitest';
import { createOpenAiProvider } from './openai.ts';
import { isLocalUpstream } from './local-upstream.ts';

describe('an upstream on this machine or in a private network', () => {
  it.each([
    'http://127.0.0.1:11434/v1',
    'http://localhost:11434/v1',
    'http://LOCALHOST./v1',
    'http://[::1]:8000/v1',
    'http://[::ffff:192.168.0.2]/v1',
    'http://10.1.2.3/v1',
    'http://172.31.0.1/v1',
    'http://192.168.1.20:1234/v1',
    'http://100.101.102.103/v1',
    'http://[fd00::7]/v1',
    'http://0.0.0.0:8080/v1',
    'http://ollama:11434/v1',
    'http://host.docker.internal:11434/v1',
    'https://gpu.local/v1',
  ])('%s may take 300 s to its headers and to its first content (G02)', (baseUrl) => {
    expect(isLocalUpstream(baseUrl)).toBe(true);
    const { limits } = createOpenAiProvider({ apiKey: 'none', model: 'llama3.2', baseUrl });
    expect(limits).toMatchObject({ upstreamHeadersMs: 300_000, upstreamFirstContentMs: 300_000 });
  });

  it.each([
    'https://api.openai.com/v1',
    'http://172.32.0.1/v1',
    'http://11.0.0.1/v1',
    'https://localhost.example/v1',
  ])('%s is none, and has the limits of all upstreams (G02)', (baseUrl) => {
    expect(isLocalUpstream(baseUrl)).toBe(false);
    expect(createOpenAiProvider({ apiKey: 'k', model: 'm', baseUrl }).limits).toBeUndefined();
  });
});
