import { createFrameReader } from '../../src/websocket/unfinished-messages.js';

interface FrameOptions {
  readonly opcode: number;
  readonly fin?: boolean;
}

/** A masked frame, as a client sends it (RFC 6455 §5.2). */
function frame(length: number, { opcode, fin = true }: FrameOptions): Buffer {
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  header[0] = (fin ? 0x80 : 0) | opcode;
  header[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, Buffer.alloc(4 + length, ' ')]);
}

const [CONTINUATION, TEXT, PING] = [0, 1, 9];

describe('the frame reader', () => {
  it.each([0, 1, 125, 126, 65_535, 65_536, 100_000])(
    'counts the packets of a WebSocket frame of %i bytes until it is complete, however they are split',
    (length) => {
      const bytes = Buffer.concat([
        frame(length, { opcode: TEXT }),
        frame(length, { opcode: TEXT }),
      ]);
      for (const size of [1, 7, 1000, bytes.length]) {
        const reader = createFrameReader();
        let [last, most] = [-1, 0];
        for (let at = 0; at < bytes.length; at += size) {
          last = reader.read(bytes.subarray(at, at + size));
          most = Math.max(most, last);
        }
        expect(most).toBeLessThan(bytes.length);
        expect(last).toBe(0);
      }
    },
  );

  it('counts all packets of a fragmented WebSocket message, with control frames between them', () => {
    const reader = createFrameReader();
    const first = frame(10, { opcode: TEXT, fin: false });
    const ping = frame(125, { opcode: PING });
    const next = frame(0, { opcode: CONTINUATION, fin: false });
    expect(reader.read(first)).toBe(first.length);
    expect(reader.read(ping)).toBe(first.length + ping.length);
    expect(reader.read(next)).toBe(first.length + ping.length + next.length);
    expect(reader.read(frame(10, { opcode: CONTINUATION }))).toBe(0);
  });

  it('counts the packet in which a WebSocket message ends and the next one begins', () => {
    const reader = createFrameReader();
    const message = frame(1000, { opcode: TEXT });
    expect(reader.read(message.subarray(0, 900))).toBe(900);
    const packet = Buffer.concat([message.subarray(900), message.subarray(0, 1)]);
    expect(reader.read(packet)).toBe(packet.length);
    expect(reader.read(message.subarray(1))).toBe(0);
  });

  it('counts nothing after a control frame outside a WebSocket message', () => {
    expect(createFrameReader().read(frame(5, { opcode: PING }))).toBe(0);
  });
});
