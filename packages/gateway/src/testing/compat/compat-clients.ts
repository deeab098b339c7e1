/** The clients of other protocols that are tested, in the order of the documentation. */
import { AI_SDK_HTTP, AI_SDK_WEBSOCKET } from './ai-sdk-client.ts';
import type { CompatAdapter } from './compat-client.ts';

/** All of them: each plays every situation of `COMPAT_SCRIPTS`. */
export const COMPAT_CLIENTS: readonly CompatAdapter[] = [AI_SDK_HTTP, AI_SDK_WEBSOCKET];
