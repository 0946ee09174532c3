import type { IssuedKey, Key, KeyId, KeyPicture, KeyWebhook } from '../../../schema/contract/key.ts';
import { Fault } from '../../../schema/fault.ts';
import { type KeyScope, keyScopeText, parseKeyScope } from '../../../schema/key-scope.ts';
import { Broadcast } from '../../base/broadcast.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { Secret } from '../../base/secret.ts';
import type { Authentication, RotatedToken } from './authentication.ts';
import { Authenticator, type KeyMinute } from './authenticator.ts';
import { KeyEnds } from './key-ends.ts';
import { noSuchKey, webhookWithoutSecret, wrongInput } from './key-faults.ts';
import { type KeyRecord, shownKey, stateOf, waitingOf, auditedKey } from './key-record.ts';
import { KeyRing } from './key-ring.ts';
import { HOUR_MS, KEY_RULES, LIVE_KEYS_LIMIT } from './key-rules.ts';
import { newToken } from './key-token.ts';
import { LastUses } from './last-uses.ts';
import type { KeyAudit, KeyStore, LastUseStore, WebhookSender, WebhookSettings } from './ports.ts';
import { checkWebhookUrl } from './webhook-address.ts';
import { WebhookOutbox } from './webhook-outbox.ts';

export interface KeysOptions {
  readonly store: KeyStore;
  readonly lastUses: LastUseStore;
  readonly webhook: WebhookSettings;
  readonly sender: WebhookSender;
  readonly audit: KeyAudit;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly isSession: (id: string) => boolean;
}

export interface IssueOrder {
  readonly scope: string;
  readonly owner?: string | undefined;
  readonly ttlMs?: number | undefined;
}

interface NewKey {
  readonly scope: KeyScope;
  readonly owner: string;
  readonly lifetimeMs: number;
  readonly previous?: KeyId;
}

const DEFAULT_OWNER = 'operator';

/** The API keys of a home: who has one, for how long, and what of it is still to be told. */
export class Keys implements AsyncDisposable {
  readonly #options: KeysOptions;
  readonly #ring: KeyRing;
  readonly #lastUses: LastUses;
  readonly #authenticator: Authenticator;
  readonly #outbox: WebhookOutbox;
  readonly #ends: KeyEnds;
  readonly #changed = new Broadcast<void>();
  /** Keys are made one after another. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: KeysOptions, ring: KeyRing) {
    const { clock, audit } = options;
    this.#options = options;
    this.#ring = ring;
    this.#lastUses = new LastUses({ clock, store: options.lastUses });
    const rotateDue = (id: string): Promise<RotatedToken | undefined> => this.#rotateDue(id);
    this.#ends = new KeyEnds({ clock, recordOf: (id) => ring.get(id)?.record });
    this.#authenticator = new Authenticator({
      ring,
      clock,
      audit,
      lastUses: this.#lastUses,
      rotateDue,
      ends: this.#ends,
    });
    this.#outbox = new WebhookOutbox({
      settings: options.webhook,
      sender: options.sender,
      clock,
      logger: options.logger,
      notices: {
        waiting: () => ring.all().flatMap((record) => waitingOf(record)),
        settle: (id, notice) => this.#settle(id, notice),
      },
    });
  }

  /** Rejects with `storage_failed` where what a crash left cannot be put right. */
  static async open(options: KeysOptions): Promise<Keys> {
    const ring = await KeyRing.open(options.store);
    const keys = new Keys(options, ring);
    await keys.#prune();
    return keys;
  }

  get authentication(): Authentication {
    return this.#authenticator;
  }

  minutes(): readonly KeyMinute[] {
    return this.#authenticator.minutes();
  }

  /** Goes on telling what was left to tell; before it nothing is sent. */
  begin(): void {
    this.#outbox.wake();
  }

  /** The newest first. */
  picture(): KeyPicture {
    const keys = this.#ring
      .all()
      .sort((a, b) => b.issuedAt - a.issuedAt)
      .map((record) => this.#shown(record));
    return { keys, webhook: this.#webhook() };
  }

  async *watch(signal: AbortSignal): AsyncGenerator<KeyPicture, void, undefined> {
    const changes = this.#changed.listen(signal);
    yield this.picture();
    for await (const _ of changes) yield this.picture();
  }

  /** @throws Fault `invalid_input`, `not_found`, `limit_reached`, `audit_unavailable`, `storage_failed` */
  async issue(order: IssueOrder, actor: string): Promise<IssuedKey> {
    const wanted = this.#wanted(order);
    return this.#inTurn(async () => {
      await this.#prune();
      const nowMs = this.#options.clock.now();
      const live = this.#ring.all().filter((record) => stateOf(record, nowMs) === 'active').length;
      if (live >= LIVE_KEYS_LIMIT) {
        throw new Fault('limit_reached', `Cannot issue a key: ${LIVE_KEYS_LIMIT} are in force`, {
          fix: 'Revoke those that nobody uses: cavern key list',
        });
      }
      const { record, token } = this.#make(wanted);
      await this.#options.audit.append({ type: 'key_issued', actor, data: auditedKey(record) });
      await this.#putOrRecord(record, 'it could not be stored');
      this.#changed.publish();
      return { ...this.#shown(record), token: token.reveal() };
    });
  }

  /** The old token ends when the new one is in force. @throws Fault `not_found`, `webhook_without_secret`, `audit_unavailable`, `storage_failed` */
  async rotate(id: string, actor: string): Promise<IssuedKey> {
    const { record, token } = await this.#inTurn(() => this.#rotate(id, { actor }));
    return { ...this.#shown(record), token: token.reveal() };
  }

  /** In force when it returns, on disk when it resolves. @throws Fault `not_found`, `storage_failed` */
  async revoke(id: string, actor: string): Promise<Key> {
    const { record } = this.#ring.get(id) ?? {};
    if (record === undefined || record.ended !== undefined) throw noSuchKey('revoke', id);
    const ended = await this.#end(record, { actor, reason: undefined });
    return this.#shown(ended);
  }

  /** Ends the keys of a session that is gone. Never rejects. */
  async endSession(session: string): Promise<void> {
    const scope = keyScopeText({ kind: 'session', session });
    const theirs = this.#ring.all().filter((record) => record.scope === scope && record.ended === undefined);
    for (const record of theirs) {
      await this.#end(record, { actor: 'kernel', reason: 'its session is gone' }).catch((cause: unknown) =>
        this.#options.logger.error('the end of a key could not be stored', { key: record.id, cause }),
      );
    }
  }

  /** @throws Fault `webhook_invalid`, `keystore_unavailable`, `storage_failed` */
  async configureWebhook(url: string | null, secret: string | undefined): Promise<KeyWebhook> {
    if (url !== null) checkWebhookUrl(url);
    await this.#options.webhook.change(url ?? undefined, secret === undefined ? undefined : new Secret(secret));
    if (url === null) {
      for (const record of this.#ring.all()) if (record.notice !== undefined) await this.#settle(record.id, undefined);
    }
    this.#outbox.wake();
    this.#changed.publish();
    return this.#webhook();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ends[Symbol.dispose]();
    await this.#outbox[Symbol.asyncDispose]();
    await this.#turn;
    this.#lastUses[Symbol.dispose]();
  }

  async #rotate(id: string, by: { readonly actor: string; readonly automatic?: true }) {
    const { audit, clock, logger, webhook } = this.#options;
    const held = this.#ring.get(id);
    if (held === undefined || stateOf(held.record, clock.now()) !== 'active') throw noSuchKey('rotate', id);
    if (webhook.url() !== undefined && webhook.secret() === undefined) throw webhookWithoutSecret(id);
    const { owner, issuedAt, expiresAt } = held.record;
    const { record, token } = this.#make({
      scope: held.scope,
      owner,
      lifetimeMs: expiresAt - issuedAt,
      previous: held.record.id,
    });
    const data = { ...auditedKey(record), previous: id, ...(by.automatic ? { automatic: true } : {}) };
    await audit.append({ type: 'key_rotated', actor: by.actor, data });
    await this.#putOrRecord(record, 'it could not be stored; the key before it goes on');
    const before = this.#ring.get(id)?.record;
    if (before === undefined || before.ended !== undefined) {
      // It was revoked meanwhile, and what would take its place is revoked with it.
      await this.#end(record, { actor: by.actor, reason: 'the key before it was revoked meanwhile' });
      throw noSuchKey('rotate', id);
    }
    this.#authenticator.handOver(id, record.id);
    const written = this.#ring.putNow({ ...before, ended: { at: record.issuedAt, why: 'rotated' } });
    this.#ends.tell(id);
    // That it has ended follows from its successor, also after a restart.
    await written.catch((cause: unknown) => logger.error('the end of a key could not be stored', { key: id, cause }));
    this.#outbox.wake();
    this.#changed.publish();
    return { record, token };
  }

  async #rotateDue(id: string): Promise<RotatedToken | undefined> {
    const { clock, logger } = this.#options;
    try {
      return await this.#inTurn(async () => {
        const held = this.#ring.get(id)?.record;
        const isDue = held?.rotatesAt !== undefined && held.rotatesAt <= clock.now() && held.ended === undefined;
        if (!isDue) return undefined;
        const { record, token } = await this.#rotate(id, { actor: `key:${id}`, automatic: true });
        return { id: record.id, token, expiresAt: record.expiresAt };
      });
    } catch (cause) {
      logger.warn('a key that is due could not be rotated', { key: id, cause });
      return undefined;
    }
  }

  async #end(
    record: KeyRecord,
    why: { readonly actor: string; readonly reason: string | undefined },
  ): Promise<KeyRecord> {
    const { audit, clock } = this.#options;
    const ended: KeyRecord = { ...record, ended: { at: clock.now(), why: 'revoked' } };
    const written = this.#ring.putNow(ended);
    this.#ends.tell(record.id);
    const { actor, reason } = why;
    audit.record({ type: 'key_revoked', actor, ...(reason === undefined ? {} : { reason }), data: auditedKey(record) });
    this.#changed.publish();
    await written;
    return ended;
  }

  #wanted({ scope: text, owner = DEFAULT_OWNER, ttlMs }: IssueOrder): NewKey {
    const scope = parseKeyScope(text);
    if (scope === undefined) throw wrongInput('/scope', `"${text}" is no scope`);
    if (scope.kind === 'session' && !this.#options.isSession(scope.session)) {
      throw new Fault('not_found', `Cannot issue a key: there is no session "${scope.session}"`);
    }
    const { lifetimeMs } = KEY_RULES[scope.kind];
    if (ttlMs !== undefined && ttlMs > lifetimeMs) {
      throw wrongInput('/ttlMs', `a key of the kind ${scope.kind} lives for ${lifetimeMs / HOUR_MS} hours at most`);
    }
    return { scope, owner, lifetimeMs: ttlMs ?? lifetimeMs };
  }

  #make({ scope, owner, lifetimeMs, previous }: NewKey): { record: KeyRecord; token: Secret } {
    const issuedAt = this.#options.clock.now();
    const { id, token, digest } = newToken((taken) => this.#ring.get(taken) !== undefined);
    const { rotatesAfterMs } = KEY_RULES[scope.kind];
    const isTold = previous !== undefined && this.#options.webhook.url() !== undefined;
    const record: KeyRecord = {
      id,
      digest: digest.toString('hex'),
      scope: keyScopeText(scope),
      owner,
      issuedAt,
      expiresAt: issuedAt + lifetimeMs,
      ...(rotatesAfterMs === undefined || rotatesAfterMs >= lifetimeMs ? {} : { rotatesAt: issuedAt + rotatesAfterMs }),
      ...(previous === undefined ? {} : { previous }),
      ...(isTold ? { notice: { attempts: 0, dueAt: issuedAt } } : {}),
    };
    return { record, token };
  }

  async #putOrRecord(record: KeyRecord, reason: string): Promise<void> {
    try {
      await this.#ring.put(record);
    } catch (cause) {
      this.#options.audit.record({ type: 'key_revoked', actor: 'kernel', reason, data: auditedKey(record) });
      throw cause;
    }
  }

  async #settle(id: string, notice: KeyRecord['notice']): Promise<void> {
    const held = this.#ring.get(id)?.record;
    if (held === undefined) return;
    const { notice: _told, ...record } = held;
    const written = this.#ring.putNow(notice === undefined ? record : { ...record, notice });
    this.#changed.publish();
    await written;
  }

  async #prune(): Promise<void> {
    this.#authenticator.forget(await this.#ring.prune(this.#options.clock.now()));
  }

  #webhook(): KeyWebhook {
    const { webhook } = this.#options;
    const notices = this.#ring.all().flatMap(({ notice }) => (notice === undefined ? [] : [notice]));
    const failed = notices.filter((notice) => notice.failed === true).length;
    const { lastProblem } = this.#outbox;
    return {
      url: webhook.url() ?? null,
      hasSecret: hasSecret(webhook),
      waiting: notices.length - failed,
      failed,
      ...(lastProblem === undefined ? {} : { lastProblem }),
    };
  }

  #shown(record: KeyRecord): Key {
    return shownKey(record, { nowMs: this.#options.clock.now(), lastUsedAt: this.#lastUses.of(record.id) });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function hasSecret(webhook: WebhookSettings): boolean {
  try {
    return webhook.secret() !== undefined;
  } catch {
    // One that cannot be read signs nothing.
    return false;
  }
}
