/** The protocol's version and its WebSocket subprotocol. */

/** Major.minor. A gateway speaks to every earlier minor version of its major. @see PROTOCOL.md §2 */
export const PROTOCOL_VERSION = '1.0';

/** `Sec-WebSocket-Protocol` of `GET /v1/ws`. */
export const WEBSOCKET_SUBPROTOCOL = 'rivulet.v1';
