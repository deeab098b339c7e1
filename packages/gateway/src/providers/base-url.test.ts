import { describe, expect, it } from 'vitest';
import { apiKeyProblem, baseUrlProblem } from './base-url.ts';
import { createOpenAiProvider } from './openai.ts';

const settings = { apiKey: 'sk-1', model: 'm' };

describe('a base URL', () => {
  it.each([
    'https://api.openai.com/v1',
    'http://127.0.0.1:11434/v1/',
    'https://generativelanguage.googleapis.com/v1beta/openai/',
    'https://proxy.example/models/v1',
  ])('%s can be used', (url) => {
    expect(baseUrlProblem(url)).toBeUndefined();
  });

  it.each([
    ['https://api.openai.com/v1/chat/completions', /ends before \/chat\/completions.*up to and with \/v1$/],
    ['https://api.example/v1/chat/completions/', /up to and with \/v1$/],
    ['https://api.example/chat/completions', /nothing after the host/],
    ['https://api.example/v1/models', /ends before \/models/],
    ['https://x.example/openai/v1?api-version=2025-01-01', /without a query/],
    ['ftp://api.example/v1', /http or https/],
    ['api.example/v1', /http or https/],
  ])('%s is refused with what to write', (url, problem) => {
    expect(baseUrlProblem(url)).toMatch(problem);
    expect(() => createOpenAiProvider({ ...settings, baseUrl: url })).toThrow(TypeError);
  });
});

describe('a key', () => {
  it.each(['"sk-secret"', "'sk-secret'", '“sk-secret”', 'sk-secret"', 'Bearer sk-secret'])(
    '%s is refused without being repeated',
    (key) => {
      expect(apiKeyProblem(key)).toMatch(/without/);
      expect(apiKeyProblem(key)).not.toContain('secret');
      expect(() => createOpenAiProvider({ ...settings, apiKey: ['sk-1', key] })).toThrow(/without/);
    },
  );
});
