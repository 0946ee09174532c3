import { resolve } from 'node:path';
import { compileModule } from './wasm-module.ts';

/** `node build-module.ts [FOLDER]`: compiles a plugin's AssemblyScript into its `plugin.wasm`. */
compileModule(resolve(process.argv[2] ?? '.'));
