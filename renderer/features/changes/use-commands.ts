import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import { neighbour } from './change-rows.ts';
import { type ChangesStore, undecided } from './changes-store.ts';
import type { DiffCommandSlot } from './diff/diff-commands.ts';
import { isTextField } from '../../app/commands/window-keys.ts';
import { chordOf } from '../../app/commands/key-chord.ts';
import type { CommandsStore } from '../../app/commands/commands-store.ts';
import { useServices } from '../../app/services.tsx';
import { CHANGES_COMMANDS, type CommandName, commandNameOf } from './shortcuts.ts';

export interface CommandOptions {
  readonly panel: RefObject<HTMLElement | null>;
  readonly changes: ChangesStore;
  readonly commands: DiffCommandSlot;
  readonly onMaximize: () => void;
  readonly onSendComments: () => void;
}

/**
 * Keys work while the changes are seen and the focus is on them, or on nothing. What a key acts on is read when it is pressed:
 * the one before it may not have been drawn yet.
 */
export function useCommands(options: CommandOptions): void {
  const { commands: registry } = useServices();
  const latest = useRef(options);
  useLayoutEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const panel = latest.current.panel.current;
      const { target } = event;
      if (!(target instanceof Element) || panel?.checkVisibility() !== true) return;
      // A press on a panel's tab leaves the focus there.
      const isHere = target === document.body || wholeOf(panel)?.contains(target) || target.closest('[role="tab"]');
      if (!isHere) return;
      const command = commandOf(event, registry) ?? arrowCommand(event);
      if (command === undefined) return;
      event.preventDefault();
      run(command, latest.current);
    };
    window.addEventListener('keydown', onKeyDown);
    registry.add(CHANGES_COMMANDS);
    const stop = registry.serve('changes', (id) => {
      const command = commandNameOf(id);
      if (command !== undefined) run(command, latest.current);
    });
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      stop();
    };
  }, [registry]);
}

/** Keys that a person types text with belong to the text, and those with Ctrl or Alt to the window. */
function commandOf(event: KeyboardEvent, registry: CommandsStore): CommandName | undefined {
  const chord = chordOf(event);
  if (chord === undefined || event.defaultPrevented || isTextField(event.target)) return undefined;
  const command = registry.commandOf(chord, 'changes');
  return command && commandNameOf(command.id);
}

/** The panel with the bar above it. */
function wholeOf(panel: HTMLElement | null): Element | null {
  return panel?.closest('.panel') ?? null;
}

/** In the list the arrow keys go from file to file. */
function arrowCommand({ key, target }: KeyboardEvent): CommandName | undefined {
  if (!(target instanceof Element) || target.closest('.change-scroll') === null) return undefined;
  return key === 'ArrowDown' ? 'nextFile' : key === 'ArrowUp' ? 'previousFile' : undefined;
}

function run(command: CommandName, options: CommandOptions): void {
  const { changes: store, commands, panel } = options;
  const { layout, context, whitespace, lines } = store.store.getState().diffOptions;
  const actions: Readonly<Record<CommandName, () => void>> = {
    nextFile: () => moveFile(options, 1),
    previousFile: () => moveFile(options, -1),
    nextHunk: () => (commands.current.moveHunk?.(1) === true ? undefined : moveFile(options, 1)),
    previousHunk: () => (commands.current.moveHunk?.(-1) === true ? undefined : moveFile(options, -1)),
    acceptHunk: () => (commands.current.decide?.('accepted') === true ? undefined : decideFile(options, 'accepted')),
    rejectHunk: () => (commands.current.decide?.('rejected') === true ? undefined : decideFile(options, 'rejected')),
    acceptFile: () => decideFile(options, 'accepted'),
    rejectFile: () => decideFile(options, 'rejected'),
    acceptRest: () => void store.review.decide(undecided(store), 'accepted'),
    undecide: () => decideFile(options, 'undecided'),
    edit: () => commands.current.edit?.(),
    comment: () => commands.current.comment?.(),
    sendComments: options.onSendComments,
    takeWorkspace: () => commands.current.choose?.('workspace'),
    takeSession: () => commands.current.choose?.('session'),
    takeBoth: () => commands.current.choose?.('both'),
    merge: () => {
      store.merging.showDetails('open');
      panel.current?.querySelector<HTMLElement>('.merge-now')?.focus();
    },
    undo: () => void store.merging.undo(),
    layout: () => store.setDiffOptions({ layout: layout === 'split' ? 'inline' : 'split' }),
    fold: () => store.setDiffOptions({ context: context === 'folded' ? 'whole' : 'folded' }),
    whitespace: () => store.setDiffOptions({ whitespace: whitespace === 'shown' ? 'hidden' : 'shown' }),
    wrap: () => store.setDiffOptions({ lines: lines === 'wrapped' ? 'cut' : 'wrapped' }),
    arrangement: () => store.set({ arrangement: store.store.getState().arrangement === 'tree' ? 'list' : 'tree' }),
    maximize: options.onMaximize,
    filter: () => wholeOf(panel.current)?.querySelector<HTMLInputElement>('.filter-field input')?.select(),
  };
  actions[command]();
}

/** The focus goes along where it is in the list; elsewhere it stays with the panel. */
function moveFile({ changes: store, panel }: CommandOptions, step: 1 | -1): void {
  const next = neighbour(store.rows(), store.store.getState().shown, step);
  if (next === undefined) return;
  void store.show(next.path);
  const isInList = document.activeElement?.closest('.change-scroll') !== null;
  if (!isInList) panel.current?.focus();
  else requestAnimationFrame(() => focusRow(panel.current, next.path));
}

function focusRow(panel: HTMLElement | null, path: string): void {
  panel?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"] .change-pick`)?.focus();
}

function decideFile(
  { changes: store, commands }: CommandOptions,
  verdict: 'accepted' | 'rejected' | 'undecided',
): void {
  const { changes, shown } = store.store.getState();
  const change = changes?.find((each) => each.path === shown);
  if (change === undefined) return;
  // In a conflict, accepting means what was worked out there: the session's side alone would overwrite.
  if (verdict === 'accepted' && commands.current.choose !== undefined) commands.current.accept?.();
  else void store.review.decide([change], verdict);
}
