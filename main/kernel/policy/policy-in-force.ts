import type { Decision, DocumentError, DocumentWarning, PolicyCall } from '../../../schema/policy.ts';
import { toFault } from '../../../schema/fault.ts';
import type { Logger } from '../../base/logger.ts';
import { loadDocument } from './document.ts';
import type { PolicyEngine } from './policy-engine.ts';
import { createRedactor, type Redactor } from './redactor.ts';

/** Where the document comes from; reading it may fail. */
export interface PolicySource {
  /** Which document it is now: the operator's, or the one that comes along. */
  readonly name: () => string;
  readonly read: (name: string) => string;
}

export interface PolicyState {
  readonly source: string;
  readonly text: string;
  readonly loaded: boolean;
  readonly errors: readonly DocumentError[];
  readonly warnings: readonly DocumentWarning[];
}

export interface PolicyInForceOptions {
  readonly engine: PolicyEngine;
  readonly source: PolicySource;
  readonly logger: Logger;
  /** Called when another document came into force. */
  readonly onReplace: () => void;
}

/** The document in force, followed from its file: a text that does not load keeps the last valid one in force and is shown. */
export class PolicyInForce {
  readonly #options: PolicyInForceOptions;
  #redactor: Redactor = createRedactor();
  #state: PolicyState = { source: '', text: '', loaded: false, errors: [], warnings: [] };

  constructor(options: PolicyInForceOptions) {
    this.#options = options;
    this.reload();
  }

  get state(): PolicyState {
    return this.#state;
  }

  get redactor(): Redactor {
    return this.#redactor;
  }

  get engine(): PolicyEngine {
    return this.#options.engine;
  }

  decide(calls: readonly PolicyCall[], workspaceRoots: readonly string[]): Decision | Promise<Decision> {
    return this.#options.engine.decideAll(calls, { workspaceRoots });
  }

  /** Reads the source again. */
  reload(): void {
    const { engine, source, logger, onReplace } = this.#options;
    const name = source.name();
    try {
      const text = source.read(name);
      if (text === this.#state.text && name === this.#state.source && this.#state.errors.length === 0) return;
      const loaded = loadDocument(text);
      if (!loaded.ok) return this.#fail(name, loaded.errors);
      engine.replace(loaded.document);
      this.#redactor = createRedactor(loaded.document.document.redact ?? []);
      this.#state = { source: name, text, loaded: true, errors: [], warnings: loaded.warnings };
      logger.info('policy in force', { source: name, warnings: loaded.warnings.length });
      onReplace();
    } catch (thrown) {
      const fault = toFault(thrown);
      const message = thrown instanceof Error && fault.code === 'internal' ? thrown.message : fault.message;
      this.#fail(name, [{ line: 1, column: 1, message }]);
    }
  }

  #fail(source: string, errors: readonly DocumentError[]): void {
    this.#state = { ...this.#state, source, errors };
    this.#options.logger.error('the policy could not be loaded', { source, errors, inForce: this.#state.loaded });
  }
}
