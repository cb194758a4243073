import type { WebSocket } from 'ws';
import { POLICY_VIOLATION } from './socket-limits.js';

/** Pings and pongs that a client may send between two pings of the server. */
const MAX_CONTROL_FRAMES = 60;

/**
 * Closes a socket with 1008 that sends too many pings and pongs (RFC 6455 §5.5). ws answers each ping, also where the
 * client does not read; and between the fragments of a message they would have it keep what they came in together with
 * a fragment, far beyond the length of the message.
 * @returns allows as many again
 */
export function boundControlFrames(socket: WebSocket): () => void {
  let count = 0;
  const countOne = () => {
    count += 1;
    if (count === MAX_CONTROL_FRAMES + 1) {
      // A closing handshake would go on reading.
      socket.close(POLICY_VIOLATION, 'Too many control frames');
      socket.terminate();
    }
  };
  socket.on('ping', countOne);
  socket.on('pong', countOne);
  return () => {
    count = 0;
  };
}
