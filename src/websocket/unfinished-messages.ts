import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { POLICY_VIOLATION, type HeldMemory, type Refusal } from './socket-limits.js';

/** Follows the frames that a client sends, without their content. */
interface FrameReader {
  /**
   * Reads the next bytes of the stream. Returns how many bytes of the stream an implementation must keep until the message
   * that is arriving is complete: all packets since the one in which it began; 0 if no message is arriving.
   */
  read(packet: Uint8Array): number;
}

/** First byte of a frame: the last fragment of its message, and the opcodes from 8 are control frames (RFC 6455 §5.2). */
const FIN = 0x80;
const OPCODE = 0x0f;
const FIRST_CONTROL_OPCODE = 0x08;

/** Second byte of a frame: masked, and the length or where it is. */
const MASKED = 0x80;
const LENGTH = 0x7f;
const LENGTH_OF_16_BITS = 126;
const LENGTH_OF_64_BITS = 127;

const MAX_HEADER_LENGTH = 14;

export function createFrameReader(): FrameReader {
  const header = new Uint8Array(MAX_HEADER_LENGTH);
  const view = new DataView(header.buffer);
  let headerBytes = 0;
  let payloadLeft = 0;
  let isInMessage = false;
  let kept = 0;

  const length = () => view.getUint8(1) & LENGTH;
  const isArriving = () => headerBytes > 0 || isInMessage;

  function headerLength(): number {
    if (headerBytes < 2) return 2;
    const maskLength = (view.getUint8(1) & MASKED) === 0 ? 0 : 4;
    switch (length()) {
      case LENGTH_OF_16_BITS:
        return 4 + maskLength;
      case LENGTH_OF_64_BITS:
        return 10 + maskLength;
      default:
        return 2 + maskLength;
    }
  }

  function payloadLength(): number {
    switch (length()) {
      case LENGTH_OF_16_BITS:
        return view.getUint16(2);
      case LENGTH_OF_64_BITS:
        return Number(view.getBigUint64(2));
      default:
        return length();
    }
  }

  function endFrame(): void {
    headerBytes = 0;
    const first = view.getUint8(0);
    if ((first & OPCODE) < FIRST_CONTROL_OPCODE) isInMessage = (first & FIN) === 0;
    // The rest of the packet belongs to the next message.
    if (!isInMessage) kept = 0;
  }

  return {
    read(packet) {
      for (let at = 0; at < packet.length;) {
        if (payloadLeft > 0) {
          const taken = Math.min(payloadLeft, packet.length - at);
          payloadLeft -= taken;
          at += taken;
          if (payloadLeft === 0) endFrame();
          continue;
        }
        header[headerBytes] = packet[at] ?? 0;
        headerBytes += 1;
        at += 1;
        if (headerBytes < headerLength()) continue;
        payloadLeft = payloadLength();
        if (payloadLeft === 0) endFrame();
      }
      kept = isArriving() ? kept + packet.length : 0;
      return kept;
    },
  };
}

/**
 * Bounds the messages that are still arriving on a socket: it counts the memory that they take until they are complete, and
 * closes the socket with 1008 if one takes too long, or as the memory's refusal says. ws bounds the length of a message and
 * the number of its fragments, but keeps an incomplete one for as long as the socket is open.
 * @param stream the connection, before any of its frames has been read
 * @param timeout milliseconds in which a message must be complete
 */
export function boundUnfinishedMessages(
  socket: WebSocket,
  stream: Duplex,
  memory: HeldMemory,
  timeout: number,
): void {
  const frames = createFrameReader();
  let deadline: NodeJS.Timeout | undefined;
  const settle = () => {
    clearTimeout(deadline);
    deadline = undefined;
  };
  const refuse = ({ code, reason }: Refusal) => {
    // A closing handshake would continue reading.
    socket.close(code, reason);
    socket.terminate();
  };
  // Before ws reads the packet: it passes on a message that is complete, whose memory is then counted as such.
  stream.prependListener('data', (packet: Uint8Array) => {
    const kept = frames.read(packet);
    const refusal = memory.hold(kept);
    if (refusal !== undefined) refuse(refusal);
    // The packet may have ended one message and begun another.
    if (kept <= packet.length) settle();
    if (kept === 0) return;
    deadline ??= setTimeout(() => {
      refuse({ code: POLICY_VIOLATION, reason: 'A message took too long to arrive' });
    }, timeout);
  });
  socket.once('close', () => {
    settle();
    memory.hold(0);
  });
}
