/** @rivulet/protocol/testing: what other packages test with. */
export { createChannelPair } from './channel-pair.ts';
export { parseTranscript, replayTranscript, type Transcript } from './transcript.ts';
