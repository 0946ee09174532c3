import {
  Blocks,
  FileCheck,
  FolderPlus,
  KeyRound,
  ListTodo,
  Moon,
  PanelLeftClose,
  PanelLeftOpen,
  ScrollText,
  ShieldQuestionMark,
  Sun,
  SunMoon,
} from 'lucide-react';
import { useStore } from 'zustand';
import type { Settings } from '../../schema/contract/app.ts';
import { useServices } from '../app/services.tsx';
import { applyTheme } from '../app/theme.ts';
import { SessionList } from '../features/sessions/session-list.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { messages } from './messages.ts';
import type { ShellStores } from './shell-stores.ts';
import './rail.css';

/** The left edge: sessions, and the way to everything that belongs to none. */
export function Rail({ stores }: { readonly stores: ShellStores }) {
  const { sessions, workbench } = useServices();
  const selected = useStore(sessions.store, (state) => state.selected);
  const { view, railCollapsed } = useStore(workbench.store);
  const approvals = useStore(stores.approvals.store, (state) => state.approvals);
  if (railCollapsed) return <CollapsedRail />;
  return (
    <nav className="rail" aria-label={messages.sessions}>
      <header className="rail-head">
        <span className="rail-product">{messages.product}</span>
        <IconButton icon={PanelLeftClose} label={messages.collapse} onClick={() => workbench.toggleRail()} />
      </header>
      <div className="rail-open">
        <Button
          icon={FolderPlus}
          onClick={() => workbench.show('home')}
          aria-current={view === 'home' ? 'page' : undefined}
        >
          {messages.home}
        </Button>
      </div>
      <h2 className="rail-title">{messages.sessions}</h2>
      <div className="rail-sessions">
        <SessionList
          shown={view === 'session' ? selected : undefined}
          waiting={(session) => approvals.filter((approval) => approval.session === session.id).length}
          onSelect={(session) => {
            sessions.select(session.id);
            workbench.show('session');
          }}
        />
      </div>
      <footer className="rail-foot">
        <IconButton
          icon={ShieldQuestionMark}
          label={messages.approvals}
          onClick={() => workbench.reveal('approvals')}
        />
        <IconButton icon={ListTodo} label={messages.tasks} onClick={() => workbench.show('tasks')} />
        <IconButton icon={FileCheck} label={messages.policy} onClick={() => workbench.show('policy')} />
        <IconButton icon={Blocks} label={messages.plugins} onClick={() => workbench.show('plugins')} />
        <IconButton icon={KeyRound} label={messages.gateway} onClick={() => workbench.show('gateway')} />
        <IconButton icon={ScrollText} label={messages.audit} onClick={() => workbench.reveal('audit')} />
        <span className="grow" />
        <ThemeMenu />
      </footer>
    </nav>
  );
}

function CollapsedRail() {
  const { workbench } = useServices();
  return (
    <nav className="rail rail-collapsed" aria-label={messages.sessions}>
      <IconButton icon={PanelLeftOpen} label={messages.expand} onClick={() => workbench.toggleRail()} />
      <IconButton icon={FolderPlus} label={messages.home} onClick={() => workbench.show('home')} />
      <span className="grow" />
      <IconButton icon={ShieldQuestionMark} label={messages.approvals} onClick={() => workbench.reveal('approvals')} />
      <IconButton icon={ListTodo} label={messages.tasks} onClick={() => workbench.show('tasks')} />
      <IconButton icon={FileCheck} label={messages.policy} onClick={() => workbench.show('policy')} />
      <IconButton icon={Blocks} label={messages.plugins} onClick={() => workbench.show('plugins')} />
      <IconButton icon={KeyRound} label={messages.gateway} onClick={() => workbench.show('gateway')} />
      <IconButton icon={ScrollText} label={messages.audit} onClick={() => workbench.reveal('audit')} />
      <ThemeMenu />
    </nav>
  );
}

const THEMES: readonly Settings['theme'][] = ['system', 'light', 'dark'];
const THEME_ICONS = { system: SunMoon, light: Sun, dark: Moon } as const;

function ThemeMenu() {
  const { settings } = useServices();
  const theme = useStore(settings.store, (state) => state.settings?.theme ?? 'system');
  return (
    <Menu
      align="start"
      trigger={<IconButton icon={THEME_ICONS[theme]} label={messages.theme} />}
      items={THEMES.map((one) => ({
        label: messages.themes[one],
        icon: THEME_ICONS[one],
        checked: one === theme,
        onSelect: () => {
          applyTheme(one);
          void settings.change({ theme: one });
        },
      }))}
    />
  );
}
