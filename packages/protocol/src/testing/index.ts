/** `@rivulet/protocol/testing`: fakes, contract tests and fixtures for the tests of other packages. Needs vitest. */
export { createChannelPair } from './channel-pair.ts';
export { Inbox } from './inbox.ts';
export { describeChannel, type ChannelEnds, type OpenChannel } from './conformance.ts';
export {
  answerOf,
  createLogWriter,
  questionOf,
  textPartOf,
  type AnswerOptions,
  type LogWriter,
} from './log-writer.ts';
export { createRandom, randomValue, type Random } from './random-value.ts';
export { parseTranscript, replayTranscript, type Transcript } from './transcript.ts';
