'use strict';
const asyncHooks = require('node:async_hooks');
const { default: Runtime } = require('jest-runtime');
const { realmOfThisWorker } = require('./jest-environment.cjs');

/**
 * The files of packages, without packages in whose modules one test file could leave something that the next one sees:
 * a registered tracer, or dependencies in a container.
 */
const SHARED = /\/node_modules\/(?!(?:@opentelemetry|typedi)\/)/;

/** Loads the packages of this worker, and is never torn down. */
let packages;

/**
 * A runtime that loads each package once in a worker, where Jest loads it again for each test file. The modules of this
 * repository are loaded for each file.
 */
module.exports = class SharingRuntime extends Runtime {
  constructor(config, environment, ...rest) {
    super(config, environment, ...rest);
    packages ??= new Runtime(config, realmOfThisWorker(), ...rest);
    const storages = (this.storages = []);
    const stored = (this.stored = []);
    /**
     * For Jest, which does not disable its storage. An enabled one slows down all promises on Node.js 20. What it stores
     * is the test, which leads to all modules of the file, and promises that packages keep refer to it.
     */
    this.asyncHooks = {
      ...asyncHooks,
      AsyncLocalStorage: class extends asyncHooks.AsyncLocalStorage {
        constructor() {
          super();
          storages.push(this);
        }

        run(value, ...callback) {
          stored.push(value);
          return super.run(value, ...callback);
        }
      },
    };
  }

  teardown() {
    super.teardown();
    for (const storage of this.storages) storage.disable();
    for (const value of this.stored) for (const name of Object.keys(value)) delete value[name];
  }

  requireModule(from, moduleName, options, isRequireActual) {
    if (options?.isInternalModule && moduleName === 'node:async_hooks') return this.asyncHooks;
    const loader = this.isShared(from, moduleName, options) ? packages : this;
    return loader === this
      ? super.requireModule(from, moduleName, options, isRequireActual)
      : loader.requireModule(from, moduleName, options, isRequireActual);
  }

  isShared(from, moduleName, options) {
    if (options?.isInternalModule || this._resolution.isCoreModule(moduleName)) return false;
    return SHARED.test(this._resolution.resolveCjs(from, moduleName));
  }
};
