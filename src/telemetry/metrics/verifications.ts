import { Histogram, type Registry } from 'prom-client';
import type { ObserveVerification } from '../../sign-in/ethereum/signature.js';
import { LATENCY_BUCKETS } from './buckets.js';

/** Measures how long it takes to verify signatures. */
export function measureVerifications(registry: Registry): ObserveVerification {
  const durations = new Histogram({
    name: 'wallet_sessions_signature_verification_duration_seconds',
    help: 'How long the signatures of sign-ins took to verify, by who signed: an account here, a contract by its chain.',
    labelNames: ['signer', 'outcome'],
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  });
  return (signer, verify) =>
    async (...given) => {
      const begun = performance.now();
      let outcome = 'unavailable';
      try {
        const isValid = await verify(...given);
        outcome = isValid ? 'valid' : 'invalid';
        return isValid;
      } finally {
        durations.observe({ signer, outcome }, (performance.now() - begun) / 1000);
      }
    };
}
