import type { PolicyCall } from '../../../schema/policy.ts';
import { Fault } from '../../../schema/fault.ts';
import type { ExtensionSource } from '../../kernel/policy/extension-rules.ts';
import { serveWorker } from '../workers/serve-worker.ts';
import { plainScript } from './plain-script.ts';
import { EngineDied, QuickJsRules } from './quickjs-rules.ts';

let rules: QuickJsRules | undefined;

/** For files and for rules alike the text is for the operator, who wrote them. */
function told(thrown: unknown): Fault {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Fault('extension_failed', message, { cause: thrown });
}

function scriptOf({ name, text }: ExtensionSource): ExtensionSource {
  try {
    return { name, text: plainScript(text) };
  } catch (thrown) {
    throw new Error(`Cannot load ${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, {
      cause: thrown,
    });
  }
}

const operations = {
  async load(sources: readonly ExtensionSource[]) {
    try {
      const scripts = sources.map(scriptOf);
      rules = await QuickJsRules.start();
      return rules.load(scripts);
    } catch (thrown) {
      throw told(thrown);
    }
  },
  judge(call: PolicyCall) {
    try {
      return rules?.judge(call) ?? [];
    } catch (thrown) {
      if (thrown instanceof EngineDied) return 'dead';
      throw told(thrown);
    }
  },
};

export type ExtensionOperations = typeof operations;

serveWorker(operations);
