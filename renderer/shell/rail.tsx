import {
  Blocks,
  Command as CommandKey,
  Contrast,
  FileCheck,
  FolderPlus,
  LayoutDashboard,
  ListTodo,
  type LucideIcon,
  Moon,
  PanelLeftClose,
  PanelLeftOpen,
  ScrollText,
  Settings2,
  ShieldQuestionMark,
  Sun,
  SunMoon,
  Waypoints,
} from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useKeys } from '../app/commands/use-keys.ts';
import { useServices } from '../app/services.tsx';
import { THEMES } from '../app/theme.ts';
import type { View } from '../app/workbench-store.ts';
import { SessionList } from '../features/sessions/session-list.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { useToolbar } from '../ui/use-toolbar.ts';
import { messages } from './messages.ts';
import type { ShellStores } from './shell-stores.ts';
import './rail.css';

/** The left edge: sessions, and the way to everything that belongs to none. */
export function Rail({ stores }: { readonly stores: ShellStores }) {
  const { sessions, workbench } = useServices();
  const selected = useStore(sessions.store, (state) => state.selected);
  const { view, railCollapsed } = useStore(workbench.store);
  const approvals = useStore(stores.approvals.store, (state) => state.approvals);
  const openKeys = useKeys('view.open');
  useRoom();
  if (railCollapsed) return <CollapsedRail />;
  return (
    <nav className="rail" aria-label={messages.sessions} data-region="rail">
      <header className="rail-head">
        <span className="rail-product">{messages.product}</span>
        <CommandButton
          icon={CommandKey}
          command="window.palette"
          label={messages.palette}
          onClick={() => workbench.open('palette')}
        />
        <CommandButton
          icon={PanelLeftClose}
          command="window.rail"
          label={messages.collapse}
          onClick={() => workbench.toggleRail()}
        />
      </header>
      <div className="rail-open">
        <Button
          tone="ghost"
          icon={LayoutDashboard}
          aria-current={view === 'home' ? 'page' : undefined}
          onClick={() => workbench.show('home')}
        >
          {messages.overview}
        </Button>
        <Button
          icon={FolderPlus}
          title={openKeys?.label}
          aria-keyshortcuts={openKeys?.forReaders}
          onClick={() => workbench.show('open')}
          aria-current={view === 'open' ? 'page' : undefined}
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
      <Foot />
    </nav>
  );
}

/** A window of 1280 pixels that is shown at 200 % has room for little besides the work. */
const NARROW = '(max-width: 760px)';

/** Folds the rail up when the window becomes narrow, by its size or by zoom; whoever unfolds it has it. */
function useRoom(): void {
  const { workbench } = useServices();
  useEffect(() => {
    const narrow = matchMedia(NARROW);
    const fit = (): void => workbench.fitRail(narrow.matches ? 'narrow' : 'wide');
    if (narrow.matches) fit();
    narrow.addEventListener('change', fit);
    return () => narrow.removeEventListener('change', fit);
  }, [workbench]);
}

/** The views that belong to no session: one stop for the Tab key, arrow keys from one to the next. */
function Foot() {
  const { ref, onKeyDown } = useToolbar<HTMLDivElement>('.icon-button');
  return (
    <div className="rail-foot" role="toolbar" aria-label={messages.views} ref={ref} onKeyDown={onKeyDown}>
      <ViewButtons />
      <ThemeMenu />
    </div>
  );
}

function CollapsedRail() {
  const { workbench } = useServices();
  const view = useStore(workbench.store, (state) => state.view);
  const { ref, onKeyDown } = useToolbar<HTMLElement>('.icon-button');
  return (
    <nav
      className="rail rail-collapsed"
      aria-label={messages.sessions}
      data-region="rail"
      ref={ref}
      onKeyDown={onKeyDown}
    >
      <CommandButton
        icon={PanelLeftOpen}
        command="window.rail"
        label={messages.expand}
        onClick={() => workbench.toggleRail()}
      />
      <CommandButton
        icon={LayoutDashboard}
        command="view.home"
        label={messages.overview}
        aria-current={view === 'home' ? 'page' : undefined}
        onClick={() => workbench.show('home')}
      />
      <CommandButton
        icon={FolderPlus}
        command="view.open"
        label={messages.home}
        aria-current={view === 'open' ? 'page' : undefined}
        onClick={() => workbench.show('open')}
      />
      <span className="grow" />
      <ViewButtons />
      <ThemeMenu />
    </nav>
  );
}

const VIEWS: readonly { readonly view: View; readonly icon: LucideIcon; readonly label: string }[] = [
  { view: 'approvals', icon: ShieldQuestionMark, label: messages.approvals },
  { view: 'tasks', icon: ListTodo, label: messages.tasks },
  { view: 'policy', icon: FileCheck, label: messages.policy },
  { view: 'plugins', icon: Blocks, label: messages.plugins },
  { view: 'gateway', icon: Waypoints, label: messages.gateway },
  { view: 'audit', icon: ScrollText, label: messages.audit },
  { view: 'settings', icon: Settings2, label: messages.settings },
];

function ViewButtons() {
  const { workbench } = useServices();
  const shown = useStore(workbench.store, (state) => state.view);
  return VIEWS.map(({ view, icon, label }) => (
    <CommandButton
      key={view}
      aria-current={view === shown ? 'page' : undefined}
      icon={icon}
      command={`view.${view}`}
      label={label}
      onClick={() => (view === 'approvals' || view === 'audit' ? workbench.reveal(view) : workbench.show(view))}
    />
  ));
}

interface CommandButtonProps {
  readonly icon: LucideIcon;
  readonly label: string;
  /** Whose keys the tooltip shows. */
  readonly command: string;
  readonly 'aria-current'?: 'page' | undefined;
  readonly onClick: () => void;
}

function CommandButton({ command, ...rest }: CommandButtonProps) {
  return <IconButton {...rest} keys={useKeys(command)} />;
}

const THEME_ICONS = { system: SunMoon, light: Sun, dark: Moon, contrast: Contrast } as const;

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
        onSelect: () => void settings.change({ theme: one }),
      }))}
    />
  );
}
