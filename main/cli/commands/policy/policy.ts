import type { TrialCall } from '../../../../schema/contract/policy.ts';
import { policy as area } from '../../../../schema/contract/policy.ts';
import { Fault } from '../../../../schema/fault.ts';
import { type Command, stringOf } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { readNamedFile } from '../../input/named-file.ts';
import { policyChangeCommands } from './policy-changes.ts';
import { policyStateCommands } from './policy-state.ts';
import { value } from '../../option.ts';

const check: Command = {
  words: ['policy', 'check'],
  usage: 'policy check FILE',
  about: area.members.check.about,
  positionals: [1, 1],
  takes: ['file'],
  document: '{ ok, errors: [{ line, column, message }], warnings: [{ line, code, message }] }',
  async run(context) {
    const file = context.positionals[0] ?? '';
    const document = context.offline.checkPolicy(readNamedFile(file));
    const text = [
      ...document.errors.map((error) => `${file}:${error.line}:${error.column}: error: ${error.message}\n`),
      ...document.warnings.map((warning) => `${file}:${warning.line}: warning ${warning.code}: ${warning.message}\n`),
      document.ok ? `${file}: ok\n` : '',
    ].join('');
    return { document, text, exitCode: document.ok ? EXIT.ok : EXIT.failed };
  },
};

const test: Command = {
  words: ['policy', 'test'],
  usage: 'policy test FILE…',
  about: area.members.test.about,
  positionals: [1, Number.POSITIVE_INFINITY],
  takes: ['file'],
  document: '{ passed, failed, cases: [{ id, ok, got, expected }] }; exit code 1 on a failure',
  async run(context) {
    const results = [];
    for (const file of context.positionals) results.push(await context.offline.testPolicy(readNamedFile(file)));
    const cases = results.flatMap((result) => result.cases);
    const failed = cases.filter((one) => !one.ok).length;
    const document = { passed: cases.length - failed, failed, cases };
    const text = cases
      .filter((one) => !one.ok)
      .map((one) => `✗ ${one.id}: expected ${JSON.stringify(one.expected)}, got ${JSON.stringify(one.got)}\n`)
      .join('');
    return {
      document,
      text: `${text}${document.passed} passed, ${failed} failed\n`,
      exitCode: failed === 0 ? EXIT.ok : EXIT.failed,
    };
  },
};

const explain: Command = {
  words: ['policy', 'explain'],
  usage: 'policy explain CALL-JSON [--policy FILE]',
  about: area.members.explain.about,
  options: { policy: value('file', 'Ask this document in place of the one in force') },
  positionals: [1, 1],
  takes: ['text'],
  document: '{ decision, via, rule, reasons, flagged, warnings, considered: [{ rule, layer, verdict, why }] }',
  async run(context) {
    const file = stringOf(context, 'policy');
    let call: TrialCall;
    try {
      // The contract validates the call; here it only has to be JSON.
      call = JSON.parse(context.positionals[0] ?? '') as TrialCall;
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new Fault('usage', 'Cannot explain the call: it is not JSON', { why, fix: `Usage: cavern ${this.usage}` });
    }
    const client = await context.connect();
    const document = await client.policy.explain({
      call,
      ...(file === undefined ? {} : { text: readNamedFile(file) }),
    });
    const lines = document.considered
      .map((one) => `  ${one.layer} ${one.rule}: ${one.verdict} (${one.why})\n`)
      .join('');
    const reasons = document.reasons.length === 0 ? '' : `: ${document.reasons.join('; ')}`;
    return { document, text: `${document.decision} by ${document.rule ?? 'no rule'}${reasons}\n${lines}` };
  },
};

export const policyCommands: readonly Command[] = [
  check,
  test,
  explain,
  ...policyChangeCommands,
  ...policyStateCommands,
];
