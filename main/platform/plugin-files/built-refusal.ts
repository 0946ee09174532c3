import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import type { PackageProblem } from '../../kernel/plugins/ports.ts';

const SHOWN_PROBLEMS = 5;

/** What is wrong with a manifest that was built, in the words of the sources: whoever wrote them has seen neither it nor its folder. */
export function refusalOfBuilt(sources: string, built: string, refusal: Fault): Fault {
  const { problems = [] }: { problems?: readonly PackageProblem[] } = Object(refusal.data);
  const { tools = [] }: { tools?: readonly { name?: unknown }[] } = JSON.parse(
    readFileSync(join(built, 'plugin.json'), 'utf8'),
  );
  const texts = problems.slice(0, SHOWN_PROBLEMS).map(({ code, message }) => {
    const inSources = message
      .replace(/^the manifest\b/, 'definePlugin')
      .replace(/^\/tools\/(\d+)/, (_all, index: string) => `${String(tools[Number(index)]?.name)} `)
      .replace(/^\//, 'definePlugin /');
    return `${code}: ${inSources}`;
  });
  return new Fault('plugin_refused', `Cannot pack "${sources}": ${texts[0] ?? refusal.message}`, {
    why: texts.join('; '),
    fix: 'Mend it in src/plugin.ts, or in the file of the tool that is named.',
    data: refusal.data,
  });
}
