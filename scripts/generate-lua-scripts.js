// Writes the module of Lua scripts, which the build needs: see generate.js for all the rest.
import { luaScripts } from './generators/lua-scripts.js';
import { write } from './generators/write.js';

await write([luaScripts]);
