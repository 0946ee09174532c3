import type { AuditType } from '../../../schema/audit-record.ts';
import type { Sandbox, SandboxId, SandboxState } from '../../../schema/entities.ts';

const RECORD_OF: Record<SandboxState, AuditType> = {
  creating: 'sandbox_created',
  running: 'sandbox_started',
  stopping: 'sandbox_stopped',
  destroyed: 'sandbox_destroyed',
  failed: 'sandbox_failed',
};

export interface SandboxEntry {
  readonly type: AuditType;
  readonly actor: 'kernel';
  readonly session: string;
  readonly sandbox: string;
  readonly reason?: string;
  readonly data: Record<string, unknown>;
}

/** Turns changes of sandboxes into audit records, one for each state that a sandbox enters. `plugin`: whose own it is. */
export function sandboxRecorder(record: (entry: SandboxEntry) => void): (sandbox: Sandbox, plugin?: string) => void {
  const states = new Map<SandboxId, SandboxState>();
  return ({ id, session, state, profile, image, engine, containerId, failure }, plugin) => {
    if (states.get(id) === state) return;
    if (state === 'destroyed') states.delete(id);
    else states.set(id, state);
    record({
      type: RECORD_OF[state],
      actor: 'kernel',
      session,
      sandbox: id,
      ...(failure ? { reason: `${failure.code}: ${failure.message}` } : {}),
      data: {
        ...(plugin === undefined ? {} : { plugin }),
        profile,
        image,
        ...(engine === '' ? {} : { engine }),
        ...(containerId === undefined ? {} : { container: containerId }),
      },
    });
  };
}
