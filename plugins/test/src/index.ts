import { servePlugin } from '@cavern/plugin-sdk/serve-plugin';
import { plugin } from './plugin.ts';

servePlugin(plugin);
