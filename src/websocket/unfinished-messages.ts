import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { POLICY_VIOLATION, refuse, type HeldMemory } from './socket-limits.js';

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

/** The header that is being read: of one reader at a time, because each reads a packet without interruption. */
const header = new Uint8Array(MAX_HEADER_LENGTH);
const view = new DataView(header.buffer);

/** Length of the header in `header`, as far as its first two bytes tell. */
function headerLength(bytes: number): number {
  if (bytes < 2) return 2;
  const second = view.getUint8(1);
  const maskLength = (second & MASKED) === 0 ? 0 : 4;
  switch (second & LENGTH) {
    case LENGTH_OF_16_BITS:
      return 4 + maskLength;
    case LENGTH_OF_64_BITS:
      return 10 + maskLength;
    default:
      return 2 + maskLength;
  }
}

function payloadLength(): number {
  const length = view.getUint8(1) & LENGTH;
  switch (length) {
    case LENGTH_OF_16_BITS:
      return view.getUint16(2);
    case LENGTH_OF_64_BITS:
      return Number(view.getBigUint64(2));
    default:
      return length;
  }
}

/** Takes little memory between messages, because every open socket has one; a class, so that all share its methods. */
class SmallFrameReader implements FrameReader {
  /** The beginning of a header that is in an earlier packet. */
  private begun: Uint8Array | undefined = undefined;
  /** First byte of the frame whose payload is arriving. */
  private first = 0;
  private payloadLeft = 0;
  private isInMessage = false;
  private kept = 0;

  read(packet: Uint8Array): number {
    let headerBytes = this.begun?.length ?? 0;
    if (this.begun !== undefined) header.set(this.begun);
    for (let at = 0; at < packet.length;) {
      if (this.payloadLeft > 0) {
        const taken = Math.min(this.payloadLeft, packet.length - at);
        this.payloadLeft -= taken;
        at += taken;
        if (this.payloadLeft === 0) this.endFrame();
        continue;
      }
      header[headerBytes] = packet[at] ?? 0;
      headerBytes += 1;
      at += 1;
      if (headerBytes < headerLength(headerBytes)) continue;
      headerBytes = 0;
      this.first = view.getUint8(0);
      this.payloadLeft = payloadLength();
      if (this.payloadLeft === 0) this.endFrame();
    }
    this.begun = headerBytes > 0 ? header.slice(0, headerBytes) : undefined;
    const isArriving = headerBytes > 0 || this.payloadLeft > 0 || this.isInMessage;
    this.kept = isArriving ? this.kept + packet.length : 0;
    return this.kept;
  }

  private endFrame(): void {
    if ((this.first & OPCODE) < FIRST_CONTROL_OPCODE) this.isInMessage = (this.first & FIN) === 0;
    // The rest of the packet belongs to the next message.
    if (!this.isInMessage) this.kept = 0;
  }
}

export const createFrameReader = (): FrameReader => new SmallFrameReader();

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
  // Before ws reads the packet: it passes on a message that is complete, whose memory is then counted as such.
  stream.prependListener('data', (packet: Uint8Array) => {
    const kept = frames.read(packet);
    const refusal = memory.hold(kept);
    if (refusal !== undefined) refuse(socket, refusal);
    // The packet may have ended one message and begun another.
    if (kept <= packet.length) settle();
    if (kept === 0) return;
    deadline ??= setTimeout(() => {
      refuse(socket, { code: POLICY_VIOLATION, reason: 'A message took too long to arrive' });
    }, timeout);
  });
  socket.once('close', () => {
    settle();
    memory.hold(0);
  });
}
