/** The version of the protocol and its WebSocket subprotocol. @see PROTOCOL.md §2 */

/** Major.minor. A gateway serves every earlier minor version of its major. */
export const PROTOCOL_VERSION = '1.0';

/** The value of `Sec-WebSocket-Protocol` on `GET /v1/ws`. */
export const WEBSOCKET_SUBPROTOCOL = 'rivulet.v1';
