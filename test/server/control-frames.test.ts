import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { createControlFrames } from '../../src/websocket/control-frames.js';

const INTERVAL = 12_000;

/** What the server does to a socket, in order, and the frames that its client sends. */
class TestSocket extends EventEmitter {
  readonly done: string[] = [];
  ping = () => void this.done.push('ping');
  close = (code: number) => void this.done.push(`close ${code}`);
  terminate = () => void this.done.push('terminate');
}

describe('the pings of the server over its WebSockets', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function follow(frames = createControlFrames()) {
    const socket = new TestSocket();
    frames.follow(socket as unknown as WebSocket);
    return {
      frames,
      socket,
      leave: () => {
        frames.leave(socket as unknown as WebSocket);
      },
    };
  }

  it('ping a socket once in each interval as long as its client answers', () => {
    const { socket, leave } = follow();
    jest.advanceTimersByTime(INTERVAL - 1000);
    expect(socket.done).toEqual([]);
    for (let count = 1; count <= 3; count += 1) {
      jest.advanceTimersByTime(count === 1 ? 1000 : INTERVAL);
      expect(socket.done).toHaveLength(count);
      socket.emit('pong');
    }
    expect(new Set(socket.done)).toEqual(new Set(['ping']));
    leave();
  });

  it('are spread over the interval for sockets that were opened at different times', () => {
    const { frames, socket: first, leave: leaveFirst } = follow();
    jest.advanceTimersByTime(INTERVAL / 2);
    const { socket: second, leave: leaveSecond } = follow(frames);
    jest.advanceTimersByTime(INTERVAL / 2);
    expect([first.done, second.done]).toEqual([['ping'], []]);
    jest.advanceTimersByTime(INTERVAL / 2);
    expect([first.done, second.done]).toEqual([['ping'], ['ping']]);
    leaveFirst();
    leaveSecond();
  });

  it('terminate a socket whose client has not answered the last one', () => {
    const { socket, leave } = follow();
    jest.advanceTimersByTime(2 * INTERVAL);
    expect(socket.done).toEqual(['ping', 'terminate']);
    leave();
  });

  it('close a socket whose client sends more than 60 control frames between two of them', () => {
    const { socket, leave } = follow();
    for (let sent = 0; sent < 60; sent += 1) socket.emit('ping');
    expect(socket.done).toEqual([]);
    jest.advanceTimersByTime(INTERVAL);
    for (let sent = 0; sent < 60; sent += 1) socket.emit('pong');
    expect(socket.done).toEqual(['ping']);
    socket.emit('pong');
    expect(socket.done).toEqual(['ping', 'close 1008', 'terminate']);
    leave();
  });

  it('need no timer once all sockets have closed', () => {
    const { leave } = follow();
    expect(jest.getTimerCount()).toBe(1);
    leave();
    expect(jest.getTimerCount()).toBe(0);
  });
});
