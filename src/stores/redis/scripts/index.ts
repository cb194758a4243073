/** Lua scripts: their definition, deadlines, and the formats of their arguments and replies. */
export { createDeadlines, type Deadlines } from './deadlines.js';
export { defineScript, type ScriptArgument } from './define-script.js';
export { defineGatheredScript } from './gathered-script.js';
export {
  readEnded,
  readPublished,
  readStored,
  recordArguments,
  unpackRecord,
  type PublishedRevocation,
} from './formats.js';
export { scripts } from './generated/scripts.js';
export { definePartitionScript } from './partition-script.js';
export { createServerClock, type ServerClock } from './server-clock.js';
