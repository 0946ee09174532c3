import { servePlugin } from '../../plugins/sdk/src/serve-plugin.ts';
import { echoPlugin } from './echo-plugin.ts';

servePlugin(echoPlugin);
