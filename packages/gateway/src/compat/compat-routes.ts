/** The endpoints that speak other people's protocols. Each request is a session, as one of the widget's is. */
import express, { type Router } from 'express';
import { createChatRoutes } from './ai-sdk/chat-routes.ts';
import type { CompatOptions } from './compat-options.ts';

/** Creates the routes below `/v1/ai-sdk`. */
export function createCompatRoutes(options: CompatOptions): Router {
  return express.Router().use(createChatRoutes(options));
}
