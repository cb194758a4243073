import { context, propagation, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-node';

/** An OpenTelemetry SDK that keeps its spans in memory. */
export interface Traces {
  /** All ended spans. */
  spans(): readonly ReadableSpan[];
  /** The only ended span with this name. */
  span(name: string): ReadableSpan;
  forget(): void;
  /** Unregisters the SDK. */
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
        throw new Error(`Expected exactly one span "${name}" among ${names.join(', ')}.`);
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
