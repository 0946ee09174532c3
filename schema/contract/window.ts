import Type, { type Static } from 'typebox';
import { ActId, ApprovalId, SessionId } from '../entities.ts';
import { area, call, stream } from './contract.ts';

const WishView = Type.Union([
  Type.Literal('home'),
  Type.Literal('approvals'),
  Type.Literal('audit'),
  Type.Literal('policy'),
  Type.Literal('tasks'),
  Type.Literal('plugins'),
  Type.Literal('gateway'),
  Type.Literal('logs'),
  Type.Literal('settings'),
]);
export type WishView = Static<typeof WishView>;

/** Something that the desktop wants this window to show: by a link, a menu, or a folder that the program was started with. */
export const Wish = Type.Union([
  Type.Object({ show: Type.Literal('session'), session: SessionId }),
  Type.Object({ show: Type.Literal('approval'), approval: ApprovalId }),
  Type.Object({ show: Type.Literal('audit'), act: ActId }),
  Type.Object({ show: Type.Literal('folder'), path: Type.String() }),
  Type.Object({ show: Type.Literal('view'), view: WishView }),
]);
export type Wish = Static<typeof Wish>;

export const WishEvent = Type.Object({
  wish: Wish,
  ask: Type.Boolean({ description: 'It may come from anybody: the person is asked before it is shown' }),
});
export type WishEvent = Static<typeof WishEvent>;

/** A panel of a session as the window names it: `changes`, or `terminal:` and the terminal. */
const PanelId = Type.String({ pattern: '^[a-z]+(:[\\w-]{1,80})?$', description: 'A panel of the session' });

/** A panel that has a window of its own. */
export const DetachedPanel = Type.Object({ session: SessionId, panel: PanelId });
export type DetachedPanel = Static<typeof DetachedPanel>;

const Slot = Type.Optional(Type.Integer({ minimum: 1, description: 'Which window of the program asks; 1 if absent' }));

/** What only a host with a screen can do. The other hosts answer `no_window`. */
export const windowArea = area('window', {
  pickFolder: call({
    about: 'Ask the operator for a folder',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({ path: Type.Union([Type.String(), Type.Null()]) }),
    faults: ['no_window'],
  }),
  pickPackage: call({
    about: 'Ask the operator for a packed plugin',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({ path: Type.Union([Type.String(), Type.Null()]) }),
    faults: ['no_window'],
  }),
  pickTarget: call({
    about: 'Ask the operator where to save a file',
    effect: 'read',
    always: true,
    input: Type.Object({ name: Type.String({ pattern: '^[\\w.-]{1,100}$', description: 'Its usual name' }) }),
    output: Type.Object({ path: Type.Union([Type.String(), Type.Null()]) }),
    faults: ['no_window'],
  }),
  openLogs: call({
    about: 'Show the folder with the logs in the operator’s file manager',
    effect: 'write',
    input: Type.Object({}),
    output: Type.Object({}),
    faults: ['no_window'],
  }),
  sampleFolder: call({
    about: 'Make a small project to try Cavern on, or find the one that was made before',
    effect: 'write',
    input: Type.Object({}),
    output: Type.Object({ path: Type.String() }),
    faults: ['no_window'],
  }),
  wishes: stream({
    about: 'Follow what the desktop wants this window to show',
    effect: 'read',
    always: true,
    input: Type.Object({ window: Slot }),
    event: WishEvent,
    faults: ['no_window'],
  }),
  open: call({
    about: 'Open another window on a session, or on one panel of it, which leaves this window for as long',
    effect: 'write',
    input: Type.Object({ window: Slot, session: SessionId, panel: Type.Optional(PanelId) }),
    output: Type.Object({}),
    faults: ['no_window'],
  }),
  detached: stream({
    about: 'Follow which panels of this window have windows of their own',
    effect: 'read',
    always: true,
    input: Type.Object({ window: Slot }),
    event: Type.Object({ panels: Type.Array(DetachedPanel) }),
    faults: ['no_window'],
  }),
  paste: call({
    about: 'Paste into what has the focus in this window, as the paste key does',
    effect: 'write',
    input: Type.Object({ window: Slot }),
    output: Type.Object({}),
    faults: ['no_window'],
  }),
  openExternal: call({
    about: 'Open a web address in the operator’s browser',
    effect: 'write',
    input: Type.Object({ url: Type.String({ pattern: '^https?://' }) }),
    output: Type.Object({}),
    faults: ['no_window'],
  }),
});
