'use strict';
const { TestEnvironment } = require('jest-environment-node');

/** Keeps the realm of this worker where the runtime finds it and where no copy of this module forgets it. */
const REALM = Symbol.for('wallet-sessions.realm');

/**
 * An environment in which all test files of a worker run in one realm, so that they can share the packages that
 * `jest-runtime.cjs` loads once. It removes what a file leaves in the realm.
 */
class SharedRealm {
  constructor(config, context) {
    this.realm = process[REALM] ??= realmOf(config, context);
    const { global, moduleMocker, fakeTimers, fakeTimersModern } = this.realm;
    Object.assign(this, { global, moduleMocker, fakeTimers, fakeTimersModern });
    this.globals = Object.getOwnPropertyDescriptors(global);
    this.variables = { ...global.process.env };
    this.exit = global.process.exit;
    this.listeners = listenersOf(global.process);
  }

  async setup() {}

  exportConditions() {
    return this.realm.exportConditions();
  }

  getVmContext() {
    return this.global === undefined ? null : this.realm.getVmContext();
  }

  async teardown() {
    const { process } = this.global;
    this.fakeTimers.dispose();
    this.fakeTimersModern.dispose();
    restore(this.global, this.globals);
    // Jest keeps what is removed from the global object until it tears the realm down, and with it all modules of the file.
    this.realm._globalProxy.leftovers.length = 0;
    process.exit = this.exit;
    for (const [name, listeners] of listenersOf(process)) {
      const before = this.listeners.get(name) ?? [];
      for (const listener of listeners.filter((one) => !before.includes(one))) {
        process.removeListener(name, listener);
      }
    }
    for (const name of Object.keys(process.env)) {
      if (!(name in this.variables)) delete process.env[name];
    }
    Object.assign(process.env, this.variables);
    // A module that is loaded after this is not executed.
    this.global = undefined;
  }
}

function realmOf(config, context) {
  // Jest kills a worker that has not ended after half a second. Without this, one that has nothing left to wait for
  // first destroys all objects, which takes longer.
  if (process.connected) process.once('beforeExit', () => process.exit());
  return new TestEnvironment(config, context);
}

/** Removes the properties that were added to an object and puts back those that were replaced. */
function restore(object, before) {
  for (const key of Reflect.ownKeys(object)) {
    const now = Object.getOwnPropertyDescriptor(object, key);
    if (!now.configurable && !now.writable) continue;
    const then = before[key];
    if (then === undefined) delete object[key];
    // A lazy property of Node.js becomes a value when it is read.
    else if (then.get === undefined && now.value !== then.value)
      Object.defineProperty(object, key, then);
  }
}

function listenersOf(emitter) {
  return new Map(emitter.eventNames().map((name) => [name, emitter.rawListeners(name)]));
}

module.exports = SharedRealm;
module.exports.realmOfThisWorker = () => process[REALM];
