import assert from 'node:assert/strict';
import { trace } from '@opentelemetry/api';

// <snippet>

assert.ok(trace.getTracer('test').startSpan('test').isRecording());
await exporter.shutdown();
