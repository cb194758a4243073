import type { Tracer } from '@opentelemetry/api';
import type { ObserveVerification } from '../../sign-in/ethereum/signature.js';
import { ATTRIBUTES } from './attributes.js';
import { within } from './spans.js';

/** A span for each verification of a signature: for a contract, the calls of its chain are in it. */
export function traceVerifications(tracer: Tracer): ObserveVerification {
  return (signer, verify) =>
    (...given) => {
      const span = tracer.startSpan('verify signature', {
        attributes: { [ATTRIBUTES.signer]: signer },
      });
      return within(span, async () => {
        const isValid = await verify(...given);
        span.setAttribute(ATTRIBUTES.isValid, isValid);
        return isValid;
      });
    };
}
