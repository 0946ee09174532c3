import variant from '@jitl/quickjs-singlefile-mjs-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import type { PolicyCall } from '../../../schema/policy.ts';
import type { ExtensionVerdict } from '../../kernel/policy/extension-layer.ts';
import type { ExtensionRuleNote, ExtensionSource } from '../../kernel/policy/extension-rules.ts';

/** Far below what profile policy-extension may use (128 MiB), which the engine itself and its thread have to fit in too. */
const MEMORY_LIMIT_BYTES = 64 * 1024 * 1024;
const STACK_LIMIT_BYTES = 512 * 1024;
/** A loop is cut off here so that the engine may live; one that cannot be cut off is ended from outside at 100 ms. */
const CUT_OFF_MS = 90;
const LOAD_CUT_OFF_MS = 2_000;
const REASON_LIMIT = 500;
const DECISIONS = ['allow', 'deny', 'require_review', 'pass'] as const;

/** Evaluated in front of each file: what differs from one run to the next is not there. */
const WITHOUT_CLOCK_AND_CHANCE = 'delete globalThis.Date; delete Math.random; delete globalThis.performance;';

/** Evaluated behind each file, in its engine: the rules' names, and the one way to ask them. */
const ASK = `
(rules) => {
  if (!Array.isArray(rules)) throw new TypeError('it exports no list "rules"');
  const notes = rules.map(({ name, syscalls, judge }) => {
    if (typeof name !== 'string' || name === '' || name.length > 200) throw new TypeError('a rule has no name');
    if (typeof judge !== 'function') throw new TypeError('the rule "' + name + '" has no function judge');
    if (syscalls !== undefined && !(Array.isArray(syscalls) && syscalls.every((each) => typeof each === 'string')))
      throw new TypeError('the syscalls of "' + name + '" are no list of names');
    return { name, syscalls };
  });
  const { parse, stringify } = JSON;
  const ask = (text) => {
    const { syscall } = parse(text);
    const answers = [];
    for (let index = 0; index < rules.length; index++) {
      const { name, syscalls } = notes[index];
      if (syscalls !== undefined && !syscalls.includes(syscall)) continue;
      const said = rules[index].judge(parse(text));
      answers.push(typeof said === 'string' ? { name, decision: said } : { name, decision: said?.decision, reason: said?.reason });
    }
    return stringify(answers);
  };
  return [stringify(notes), ask];
}`;

interface LoadedFile {
  readonly context: QuickJSContext;
  readonly ask: QuickJSHandle;
  readonly notes: readonly ExtensionRuleNote[];
}

/** Thrown where the engine itself is no good any more: out of memory, or cut off in the middle of something. */
export class EngineDied extends Error {
  override readonly name = 'EngineDied';
}

/** Extension rules in QuickJS, compiled to WebAssembly: another heap, no function of the host in it, no clock. */
export class QuickJsRules {
  readonly #runtime: QuickJSRuntime;
  readonly #files: LoadedFile[] = [];
  #deadlineMs = Number.POSITIVE_INFINITY;

  private constructor(engine: QuickJSWASMModule) {
    this.#runtime = engine.newRuntime();
    this.#runtime.setMemoryLimit(MEMORY_LIMIT_BYTES);
    this.#runtime.setMaxStackSize(STACK_LIMIT_BYTES);
    this.#runtime.setInterruptHandler(() => performance.now() > this.#deadlineMs);
  }

  static async start(): Promise<QuickJsRules> {
    return new QuickJsRules(await newQuickJSWASMModuleFromVariant(variant));
  }

  /** @param sources JavaScript. Throws with the file's name in the message. */
  load(sources: readonly ExtensionSource[]): ExtensionRuleNote[] {
    for (const source of sources) {
      try {
        this.#files.push(this.#loadFile(source));
      } catch (thrown) {
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        throw new Error(`Cannot load ${source.name}: ${why}`, { cause: thrown });
      }
    }
    const notes = this.#files.flatMap((file) => file.notes);
    const doubled = notes.find(({ name }, index) => notes.findIndex((note) => note.name === name) !== index);
    if (doubled) throw new Error(`Cannot load the rules: two are named "${doubled.name}"`);
    return notes;
  }

  /** Asks every rule. Throws EngineDied, and any other error where a rule failed or answered what is no answer. */
  judge(call: PolicyCall): ExtensionVerdict[] {
    const text = JSON.stringify(call);
    this.#deadlineMs = performance.now() + CUT_OFF_MS;
    return this.#files.flatMap(({ context, ask }) => {
      using argument = context.newString(text);
      const result = context.callFunction(ask, context.undefined, argument);
      using answer = this.#unwrap(context, result);
      return verdictsIn(context.getString(answer));
    });
  }

  #loadFile({ name, text }: ExtensionSource): LoadedFile {
    this.#deadlineMs = performance.now() + LOAD_CUT_OFF_MS;
    const context = this.#runtime.newContext();
    this.#unwrap(context, context.evalCode(WITHOUT_CLOCK_AND_CHANCE, 'cavern')).dispose();
    using module = this.#unwrap(context, context.evalCode(text, name, { type: 'module' }));
    using rules = context.getProp(module, 'rules');
    using prepare = this.#unwrap(context, context.evalCode(ASK, 'cavern'));
    using prepared = this.#unwrap(context, context.callFunction(prepare, context.undefined, rules));
    using notes = context.getProp(prepared, 0);
    // The functions above, written here, made this text.
    const found = JSON.parse(context.getString(notes)) as ExtensionRuleNote[];
    return { context, ask: context.getProp(prepared, 1), notes: found };
  }

  #unwrap(context: QuickJSContext, result: ReturnType<QuickJSContext['evalCode']>): QuickJSHandle {
    if (!result.error) return result.value;
    using error = result.error;
    const said: unknown = context.dump(error);
    const message = messageOf(said);
    if (/interrupted|out of memory/i.test(message)) throw new EngineDied(message);
    throw new Error(message);
  }
}

function messageOf(said: unknown): string {
  if (typeof said !== 'object' || said === null || !('message' in said)) return String(said);
  const name = 'name' in said && typeof said.name === 'string' ? `${said.name}: ` : '';
  return `${name}${String(said.message)}`;
}

/** What came out of the engine is untrusted: anything that is no verdict is an error, and an error is a denial. */
function verdictsIn(text: string): ExtensionVerdict[] {
  const answers: unknown = JSON.parse(text);
  if (!Array.isArray(answers)) throw new TypeError('The answer is no list');
  return answers.map((answer: unknown): ExtensionVerdict => {
    if (typeof answer !== 'object' || answer === null) throw new TypeError('An answer is no verdict');
    const { name, decision, reason }: { name?: unknown; decision?: unknown; reason?: unknown } = answer;
    const known = DECISIONS.find((each) => each === decision);
    if (typeof name !== 'string' || known === undefined) throw new TypeError('An answer is no verdict');
    return { name, decision: known, ...(typeof reason === 'string' ? { reason: reason.slice(0, REASON_LIMIT) } : {}) };
  });
}
