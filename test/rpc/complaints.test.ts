import { createComplaints } from '../../src/sign-in/ethereum/rpc/eth-call.js';

describe('log entries for repeated RPC failures', () => {
  function complaining() {
    let now = 0;
    const complain = createComplaints(() => now);
    return { complain, pass: (milliseconds: number) => (now += milliseconds) };
  }

  it('logs the first failure for a reason, and one a minute later with the number of those left out', () => {
    const { complain, pass } = complaining();
    expect(complain('down')).toBe(0);
    pass(59_999);
    expect(complain('down')).toBeUndefined();
    expect(complain('down')).toBeUndefined();
    pass(1);
    expect(complain('down')).toBe(2);
    expect(complain('down')).toBeUndefined();
  });

  it('logs failures for each reason separately', () => {
    const { complain } = complaining();
    expect(complain('down')).toBe(0);
    expect(complain('slow')).toBe(0);
  });

  it('forgets the oldest of more than 32 reasons for failures', () => {
    const { complain } = complaining();
    for (let n = 0; n < 33; n += 1) complain(`reason ${n}`);
    expect(complain('reason 32')).toBeUndefined();
    expect(complain('reason 0')).toBe(0);
  });
});
