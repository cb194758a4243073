import { context, propagation, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-node';

/** The SDK of OpenTelemetry, which keeps what is traced. */
export interface Traces {
  /** The spans that have ended. */
  spans(): readonly ReadableSpan[];
  /** The one span of that name that has ended. */
  span(name: string): ReadableSpan;
  forget(): void;
  /** Leaves no SDK behind. */
  stop(): Promise<void>;
}

/** Registers the SDK in this process, as an operator does before the service starts. */
export function startTracing(): Traces {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();
  return {
    spans: () => exporter.getFinishedSpans(),
    span(name) {
      const [only, ...others] = exporter.getFinishedSpans().filter((span) => span.name === name);
      if (only === undefined || others.length > 0) {
        const names = exporter.getFinishedSpans().map((span) => span.name);
        throw new Error(`There is not one span "${name}" among ${names.join(', ')}.`);
      }
      return only;
    },
    forget() {
      exporter.reset();
    },
    async stop() {
      await provider.shutdown();
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}
