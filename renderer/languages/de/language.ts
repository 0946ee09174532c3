import { approvals } from './approvals.ts';
import { audit } from './audit.ts';
import { changes } from './changes.ts';
import { dashboard } from './dashboard.ts';
import { failures } from './failures.ts';
import { gateway } from './gateway.ts';
import { logs } from './logs.ts';
import { palette } from './palette.ts';
import { plugins } from './plugins.ts';
import { policy } from './policy.ts';
import { ports } from './ports.ts';
import { problems } from './problems.ts';
import { sandboxes } from './sandboxes.ts';
import { secrets } from './secrets.ts';
import { sessions } from './sessions.ts';
import { settings } from './settings.ts';
import { shell } from './shell.ts';
import { shortcuts } from './shortcuts.ts';
import { tasks } from './tasks.ts';
import { terminals } from './terminals.ts';
import { tools } from './tools.ts';
import { ui } from './ui.ts';
import { welcome } from './welcome.ts';

globalThis.cavernTexts = {
  approvals,
  audit,
  changes,
  dashboard,
  failures,
  gateway,
  logs,
  palette,
  plugins,
  policy,
  ports,
  problems,
  sandboxes,
  secrets,
  sessions,
  settings,
  shell,
  shortcuts,
  tasks,
  terminals,
  tools,
  ui,
  welcome,
};
